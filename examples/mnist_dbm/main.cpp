// SPDX-License-Identifier: MIT

/// @file
/// Trains a deep Boltzmann machine with two hidden layers on MNIST from beginning to end: pretraining with doubled
/// input, joint training with mean-field inference and persistent chains, softmax regression on the features; draws
/// pictures and saves the model.

#include "../command_line.hpp"
#include "../program.hpp"
#include "evaluation.hpp"
#include "experiment.hpp"
#include "keep.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

/// A number that other images would not have (Fowler, Noll & Vo).
std::uint64_t checksum(Images const& images) {
    std::uint64_t sum = 14695981039346656037u;
    for (auto const* part : {&images.train, &images.test})
        for (auto const* bytes : {&part->images, &part->labels})
            for (std::uint8_t const byte : *bytes) sum = (sum ^ byte) * 1099511628211u;
    return sum;
}

void draw_pictures(Experiment& experiment, Images const& images, Options const& options, Film const& film) {
    using namespace boltz;
    fs::path const out{options.out};
    Shape const shape{images.train.height, images.train.width};
    auto const& machine = experiment.machine();
    Image const first_layer =
        captioned(enlarge(filters(machine.weights(0), shape), 2), {.title = "Filters of the first hidden layer"});
    Random random{options.seed};
    Image const fantasies = samples(machine, 1000, shape, experiment.compute(), random);
    write_png(out / "filters.png", first_layer);
    write_png(out / "samples.png", fantasies);
    write_png(out / "overview.png", beside({first_layer, fantasies}, {.gap = 16, .alignment = Alignment::center}));
    write_png(out / "reconstructions.png",
              reconstructions(machine, ByteSource{images.test}, experiment.inference(), shape));
    write_png(out / "mean_field.png", trajectory(machine, images.test));
    write_png(out / "curves.png", curves(out / "metrics.csv"));
    film.finish(out / "filters.gif");
}

/// The most memory that has been resident at a time, in millions of bytes; Linux counts in 1024 bytes.
double peak_memory() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
}

/// Percent of the held-out images, of the classifiers that were trained.
struct Errors {
    std::optional<double> features, fine_tuned;
};

void show_table(Options const& options, Images const& images, Experiment const& experiment, Errors const& errors,
                double reconstruction) {
    auto const& seconds = experiment.seconds();
    std::printf("\n  %zu-%zu-%zu DBM on %zu images\n", images.train.pixels(), options.hidden[0], options.hidden[1],
                images.train.count);
    if (errors.fine_tuned)
        std::printf("  %-38s %8.2f %%\n", (images.test_name + " error (fine-tuned)").c_str(), *errors.fine_tuned);
    if (errors.features)
        std::printf("  %-38s %8.2f %%\n", (images.test_name + " error (softmax on [h1, h2])").c_str(),
                    *errors.features);
    std::printf("  %-38s %10.5f\n", (images.test_name + " reconstruction error").c_str(), reconstruction);
    std::printf("  %-38s %8.1f s\n", "pretraining", seconds[0]);
    std::printf("  %-38s %8.1f s\n", "joint training", seconds[1]);
    if (errors.features) std::printf("  %-38s %8.1f s\n", "features and classifier", seconds[2]);
    if (errors.fine_tuned) std::printf("  %-38s %8.1f s\n", "fine-tuning", seconds[3]);
    std::printf("  %-38s %8.1f s\n", "all phases", seconds[0] + seconds[1] + seconds[2] + seconds[3]);
    std::printf("  %-38s %7.0f MB\n", "peak memory", peak_memory());
    std::printf("  %-38s %s\n", "products", experiment.products().c_str());
}

/// Evaluates a saved model; nothing is trained, and what a training left in the folder stays as it is.
int evaluate_saved(Options options) {
    using namespace boltz;
    Machine const machine = load<Machine>(options.load);
    options.data = data_folder(options);
    Images const images = read_images(options);
    auto const sizes = machine.sizes();
    if (sizes[0] != images.train.pixels())
        detail::fail<ShapeError>("mnist_dbm: the model in ", options.load, " has ", sizes[0],
                                 " visible units, but the images have ", images.train.pixels(), " pixels");
    std::cout << "boltz " << version << ": " << sizes[0] << '-' << sizes[1] << '-' << sizes[2] << " DBM from "
              << options.load << ", " << images.test.count << " held-out images (" << images.name << ")" << std::endl;
    Evaluation const evaluation = evaluate(machine, images, options);
    nlohmann::json result = as_json(evaluation, images.test_name);
    result.update({{"model", options.load},
                   {"dataset", images.name},
                   {images.test_name + "_images", images.test.count},
                   {"binarisation", options.binarisation},
                   {"note", images.note},
                   {"seed", options.seed},
                   {"threads", options.threads},
                   {"version", version}});
    write_text(fs::path{options.out} / "evaluation.json", result.dump(2) + "\n");
    show(evaluation, images.test_name);
    return 0;
}

int run(Options options, std::string const& program) {
    using namespace boltz;
    fs::path const out{options.out};
    std::error_code problem;
    fs::create_directories(out, problem);
    if (problem)
        detail::fail<FileError>("mnist_dbm: cannot create the folder ", out.string(), ": ", problem.message());

    if (!options.load.empty()) return evaluate_saved(options);

    fs::path const checkpoint = out / "checkpoint.npz";
    fs::path const settings = out / "options.json";
    if (options.resume) {
        if (!fs::exists(settings) || !fs::exists(checkpoint))
            detail::fail<FileError>("mnist_dbm: there is nothing to resume in ", out.string(),
                                    ": it has no options.json and checkpoint.npz of a run that was stopped");
        std::size_t const threads = options.threads;
        auto const saved = detail::parse_json(read_text(settings));
        if (saved.is_discarded()) detail::fail<FormatError>("mnist_dbm: ", settings.string(), " is not JSON");
        try {
            options = saved.get<Options>();
        } catch (nlohmann::json::exception const& error) {
            detail::fail<FormatError>("mnist_dbm: ", settings.string(),
                                      " does not hold the options of a run: ", error.what());
        }
        for (std::size_t const count :
             {options.hidden.size(), options.pretrain_epochs.size(), options.pretrain_rates.size(),
              options.pretrain_momentum.size(), options.joint_momentum.size()})
            if (count != 2)
                detail::fail<FormatError>("mnist_dbm: ", settings.string(), " has ", count,
                                          " values where the options of a run have 2");
        if (options.dropout.size() != 3)
            detail::fail<FormatError>("mnist_dbm: ", settings.string(), " has ", options.dropout.size(),
                                      " values of dropout where the options of a run have 3");
        options.out = out.string();
        options.threads = threads;
        options.resume = true;
    } else {
        options.data = data_folder(options);
    }
    Images const images = read_images(options);
    if (!options.resume && !options.restart && fs::exists(checkpoint))
        detail::fail<ValueError>(
            "mnist_dbm: ", out.string(),
            " holds the checkpoint of a run that was stopped: --resume goes on with it, --restart begins anew");
    std::uint64_t const sum = checksum(images);
    if (options.resume && sum != options.data_checksum)
        detail::fail<ValueError>("mnist_dbm: the images (", images.name,
                                 ") are not those of the run that was stopped");
    options.data_checksum = sum;
    Experiment experiment{options, images};
    if (options.resume) {
        resume(checkpoint, experiment);
    } else {
        write_text(settings, nlohmann::json(options).dump(2) + "\n");
        for (char const* old : {"checkpoint.npz", "metrics.csv"}) fs::remove(out / old, problem);
        fs::remove_all(out / "frames", problem);
    }

    std::cout << "boltz " << version << ": " << images.train.pixels() << '-' << options.hidden[0] << '-'
              << options.hidden[1] << " DBM, " << images.train.count << " training images (" << images.name
              << "), pixels " << (options.binarisation == "none" ? "grey" : options.binarisation) << ", seed "
              << options.seed << ", " << options.threads << (options.threads == 1 ? " thread" : " threads")
              << std::endl;

    Film film{out / "frames", {images.train.height, images.train.width}};
    StopOnNaN diverged;
    bool const terminal = isatty(STDOUT_FILENO) != 0;
    winsize window{};
    std::size_t const columns = terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0
                                    ? std::size_t{window.ws_col}
                                    : 80;
    stop_on_signals();
    bool const complete =
        experiment.run(StopWhen{[] { return interrupted != 0; }}, diverged, film, MetricLog{out / "metrics.csv"},
                       Progress{std::cout, terminal ? Terminal::yes : Terminal::no, columns},
                       Keep{checkpoint, [&] { return to_arrays(experiment); }, options.checkpoint_seconds});
    if (diverged.triggered())
        detail::fail<ValueError>("mnist_dbm: the parameters are no longer finite; smaller learning rates may help "
                                 "(--pretrain-rates, --joint-rate)");
    if (!complete) {
        char const* const kernels = std::getenv("OPENBLAS_CORETYPE"); // to the bit only with the same kernels
        std::cout << "\nStopped. Go on with: "
                  << (kernels != nullptr ? "OPENBLAS_CORETYPE=" + std::string{kernels} + ' ' : "") << program
                  << " --resume --out " << out.string() << std::endl;
        return 130;
    }

    save(out / "model.npz", experiment.machine());
    Errors errors;
    if (options.classifier_epochs > 0) {
        save(out / "classifier.npz", experiment.classifier());
        errors.features = experiment.features_test_error();
    } else {
        fs::remove(out / "classifier.npz", problem); // an earlier run's is none of this model
    }
    if (options.fine_tune_epochs > 0) {
        save(out / "network.npz", experiment.network());
        errors.fine_tuned = experiment.test_error();
    } else {
        fs::remove(out / "network.npz", problem);
    }
    double const reconstruction = experiment.test_reconstruction();
    auto const& seconds = experiment.seconds();
    nlohmann::json summary{{"dataset", images.name},
                           {"train_images", images.train.count},
                           {images.test_name + "_images", images.test.count},
                           {images.test_name + "_reconstruction_error", reconstruction},
                           {"seconds",
                            {{"pretraining", seconds[0]},
                             {"joint_training", seconds[1]},
                             {"classifier", seconds[2]},
                             {"fine_tuning", seconds[3]}}},
                           {"peak_memory_megabytes", peak_memory()},
                           {"products", experiment.products()},
                           {"binarisation", options.binarisation},
                           {"note", images.note},
                           {"seed", options.seed},
                           {"threads", options.threads},
                           {"version", version},
                           {"options", options}};
    if (errors.features) summary["features_" + images.test_name + "_error_percent"] = *errors.features;
    if (auto const last = errors.fine_tuned ? errors.fine_tuned : errors.features)
        summary[images.test_name + "_error_percent"] = *last;
    std::optional<Evaluation> evaluation;
    if (options.evaluate) {
        evaluation = evaluate(experiment.machine(), images, options);
        summary.update(as_json(*evaluation, images.test_name));
    }
    write_text(out / "summary.json", summary.dump(2) + "\n");
    show_table(options, images, experiment, errors, reconstruction);
    if (evaluation) show(*evaluation, images.test_name);
    std::cout << std::flush;
    draw_pictures(experiment, images, options, film);
    std::cout << "\n  model, figures and pictures are in " << out.string() << "/" << std::endl;
    fs::remove(checkpoint, problem);
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    for (int i = 1; i < argc; ++i) {
        if (std::string{argv[i]} == "--quick") apply_quick(options);
        if (std::string{argv[i]} == "--paper") apply_paper(options);
    }
    CLI::App app{
        "Trains a deep Boltzmann machine on MNIST: pretraining, joint training, softmax regression on its features, "
        "fine-tuning."};
    declare(app, options);
    app.get_option("--load")->excludes("--resume")->excludes("--restart");
    return run_program("mnist_dbm", app, argc, argv, [&] { return run(options, argv[0]); });
}
