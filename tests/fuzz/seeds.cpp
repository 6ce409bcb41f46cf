// SPDX-License-Identifier: MIT

/// @file
/// seeds FOLDER: writes what the library itself writes, as inputs for the fuzz targets to begin with.

#include "fuzz/fuzz.hpp"
#include "fuzz/training.hpp"
#include "support/temporary_folder.hpp"

#include <boltz/io/idx.hpp>
#include <boltz/io/mlp_file.hpp>
#include <boltz/io/model_file.hpp>
#include <boltz/io/stack_file.hpp>
#include <boltz/layer/joint_layer.hpp>
#include <boltz/layer/network_layer.hpp>
#include <boltz/model/dbm.hpp>
#include <boltz/model/mlp.hpp>
#include <boltz/model/stack.hpp>
#include <boltz/unit/bernoulli.hpp>
#include <boltz/unit/categorical.hpp>
#include <boltz/unit/gaussian.hpp>
#include <boltz/unit/joint.hpp>
#include <boltz/unit/multinomial.hpp>
#include <boltz/unit/rectified.hpp>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace {

using namespace boltz;
using Binary = StochasticLayer<Bernoulli>;
using Labels = StochasticLayer<Multinomial>;

class Seeds {
  public:
    explicit Seeds(std::filesystem::path folder) : folder_{std::move(folder)} {}

    void add(std::string const& target, std::string_view bytes) {
        std::filesystem::create_directories(folder_ / target);
        boltz_test::put(folder_ / target / std::to_string(count_[target]++), bytes);
    }

    /// An archive that `save(path)` writes: as it is, its entries, its arrays, and its description.
    template <class Save>
    void add_archive(std::string const& target, Save&& save) {
        boltz_test::TemporaryFolder const folder;
        auto const path = folder / "file.npz";
        save(path);
        add("npz", boltz_test::contents_of(path));
        Npz const file = read_npz(path);
        std::string entries;
        for (auto const& [name, text] : file.texts) {
            entries += std::string{boltz_fuzz::entry_mark} + name + '\n' + text;
            if (target == "model") add("description", text);
        }
        for (auto const& [name, array] : file.arrays) {
            entries += std::string{boltz_fuzz::entry_mark} + name + ".npy " + array.dtype;
            for (std::size_t const extent : array.shape) entries += ' ' + std::to_string(extent);
            entries += '\n' + std::string{reinterpret_cast<char const*>(array.bytes.data()), array.bytes.size()};
            write_npy(folder / "file.npy", array);
            for (char const* const reader : {"npy", "mapped"})
                add(reader, boltz_test::contents_of(folder / "file.npy"));
        }
        add(target, entries);
        add("entries", entries);
    }

    void add_idx(std::vector<std::size_t> const& shape, std::size_t bytes) {
        boltz_test::TemporaryFolder const folder;
        write_idx(folder / "file", {shape, std::vector<std::uint8_t>(bytes, 7)});
        std::string const file = boltz_test::contents_of(folder / "file");
        for (char const* const reader : {"idx", "mapped"}) add(reader, file);
        add("gzip", boltz_test::gzipped(file));
        add("gzip", boltz_test::gzipped(file) + boltz_test::gzipped("another member"));
    }

  private:
    std::filesystem::path folder_;
    std::map<std::string, int> count_;
};

} // namespace

int main(int count, char** arguments) {
    if (count != 2) return 2;
    Seeds seeds{arguments[1]};
    auto const add_model = [&](auto const& model) {
        seeds.add_archive("model", [&](auto const& path) { save(path, model); });
    };
    auto const add_network = [&](auto const& network) {
        seeds.add_archive("network", [&](auto const& path) { save(path, network); });
    };
    add_model(RBM{Binary{3}, Binary{2}});
    add_model(DBM{Labels{3, Multinomial{2}}, Binary{2}, Binary{2}});
    add_model(RBM{StochasticLayer<Gaussian>{2, Gaussian::learned()}, Binary{2}});
    add_model(DBM{JointLayer{Binary{2}, Labels{3}}, Binary{2}, StochasticLayer<Gaussian>{3}});
    add_network(MLP{3, OutputLayer<Multinomial>{2}});
    add_network(MLP{{3, {0, 1}}, HiddenLayer<Rectified, double>{2}, OutputLayer<Multinomial, double>{2}});
    add_network(MLP{{3, {1}}, HiddenLayer<Bernoulli>{2}, HiddenLayer<Gaussian>{2}, OutputLayer<Bernoulli>{2}});
    add_network(MLP{3, HiddenLayer<Rectified>{2}, OutputLayer<Gaussian>{2, Gaussian::learned()}});
    add_network(MLP{3, OutputLayer<Multinomial>{2, Multinomial{3}}});
    add_network(MLP{3, OutputLayer<JointUnit<Bernoulli, Categorical>>{
                           4, JointUnit<Bernoulli, Categorical>{{2, 2}, Bernoulli{}, Categorical{2}}}});
    for (bool const labels : {false, true})
        seeds.add_archive("stack", [&](auto const& path) {
            save(path, Stack<float>::of_chain(DBM{Binary{3}, Binary{2}, Labels{2}}, labels));
        });
    for (std::size_t const epochs : {std::size_t{0}, std::size_t{1}}) {
        boltz_fuzz::SmallTraining training;
        static_cast<void>(training.fit(epochs));
        seeds.add_archive("checkpoint",
                          [&](auto const& path) { write_checkpoint(path, to_arrays(training.session), "seed"); });
    }
    seeds.add_idx({3, 2, 2}, 12);
    seeds.add_idx({4}, 4);
}
