// SPDX-License-Identifier: MIT

/// @file
/// Short runs of the program `mnist_dbm`, everything included.

#include "../mnist_dbm/experiment.hpp"
#include "../mnist_dbm/keep.hpp"
#include "rows.hpp"

#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace boltz;

namespace {

using Time = std::chrono::steady_clock;

double seconds_since(Time::time_point start) { return std::chrono::duration<double>(Time::now() - start).count(); }

struct WholeRuns {
    std::vector<double> fine_tuned, features, seconds;
};

/// One run a seed, from reading the images to the errors of held-out ones; the seconds leave out what an interruption
/// takes.
WholeRuns run_whole(Setting const& setting, Options options) {
    WholeRuns result;
    options.data = setting.data;
    options.threads = setting.threads;
    options.precision = setting.precision;
    options.limit = setting.limit;
    options.validation = setting.validation;
    for (std::size_t i = 0; i < setting.seeds; ++i) {
        auto const start = Time::now();
        options.seed = setting.seed + i;
        Images const images = read_images(options);
        Experiment experiment{options, images};
        std::filesystem::path const checkpoint = setting.out / ("run_" + std::to_string(options.seed) + ".npz");
        if (std::filesystem::exists(checkpoint)) resume(checkpoint, experiment);
        auto const state = [&] { return to_arrays(experiment); };
        double seconds = seconds_since(start);
        StopOnNaN diverged;
        bool const complete = experiment.run(StopWhen{[] { return interrupted != 0; }}, diverged, Progress{std::cout},
                                             Keep{checkpoint, state, 60});
        if (diverged.triggered())
            boltz::detail::fail<ValueError>("reproduce: the parameters of seed ", options.seed,
                                            " are no longer finite");
        if (!complete) throw Interrupted{};
        auto const end = Time::now();
        result.fine_tuned.push_back(experiment.test_error());
        result.features.push_back(experiment.features_test_error());
        auto const& phases = experiment.seconds();
        seconds += std::accumulate(phases.begin(), phases.end(), seconds_since(end));
        result.seconds.push_back(seconds);
        write_checkpoint(checkpoint, state(), "complete");
    }
    return result;
}

/// What was published and is aimed at; the rest is filled in here.
Result whole_runs(Setting const& setting, Images const& images, Options options, std::string title, Figure fine_tuned,
                  Figure features, Figure seconds) {
    for (std::size_t& epochs : options.pretrain_epochs) epochs = setting.epochs(static_cast<double>(epochs));
    for (std::size_t* const epochs : {&options.joint_epochs, &options.classifier_epochs, &options.fine_tune_epochs})
        if (*epochs > 0) *epochs = setting.epochs(static_cast<double>(*epochs));
    WholeRuns runs = run_whole(setting, options);
    fine_tuned.name = images.test_name + " error, fine-tuned";
    fine_tuned.values = std::move(runs.fine_tuned);
    features.name = images.test_name + " error, softmax on features";
    features.values = std::move(runs.features);
    seconds.name = "from reading the images to both errors";
    seconds.values = std::move(runs.seconds);
    fine_tuned.unit = features.unit = "%";
    seconds.unit = "s";
    Result result;
    result.title = std::move(title);
    result.figures = {std::move(fine_tuned), std::move(features), std::move(seconds)};
    result.protocol = "generative training and fine-tuning on pixels drawn at each presentation, features and errors "
                      "of grey ones; each "
                      "seed is a whole training; settings chosen on 10,000 held-out training images of MNIST, the "
                      "test images used once";
    return result;
}

} // namespace

Result reproduce_default(Setting const& setting, Images const& images) {
    return whole_runs(setting, images, Options{}, "DBM 784-500-1000 on MNIST, the default of mnist_dbm",
                      {.aim = "< 1.3 %"}, {}, {.aim = "about 120 s"});
}

Result reproduce_45_seconds(Setting const& setting, Images const& images) {
    Options options;
    options.pretrain_epochs = {3, 3};
    options.joint_epochs = 0; // an epoch of it costs as much as two of fine-tuning, which gain more here
    options.classifier_epochs = 8;
    options.fine_tune_epochs = 6;
    options.fine_tune_rate = 0.9;
    options.dropout = {0, 0, 0};
    return whole_runs(
        setting, images, options, "DBM 784-500-1000, pretrained only, on MNIST in 45 seconds of two processors",
        {.aim = "< 1.6 %"}, {.published = "4.9 % (NumPy DBM), 3.23 % (NumPy DBN, 30 s)", .aim = "< 2.3 %"},
        {.published = "45 s", .aim = "<= 45 s"});
}

Result reproduce_fashion(Setting const& setting, Images const& images) {
    return whole_runs(setting, images, Options{}, "DBM 784-500-1000 on Fashion-MNIST, the default of mnist_dbm", {},
                      {}, {});
}
