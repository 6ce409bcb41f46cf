// SPDX-License-Identifier: MIT

/// @file
/// Trains a deep Boltzmann machine with two hidden layers on MNIST from beginning to end: pretraining with doubled
/// input, joint training with mean-field inference and persistent chains, softmax regression on the features; draws
/// pictures and saves the model.

#include "../support/command_line.hpp"
#include "../support/memory.hpp"
#include "../support/mnist/evaluation.hpp"
#include "../support/mnist/experiment.hpp"
#include "../support/mnist/keep.hpp"
#include "../support/program.hpp"
#include "../support/run_folder.hpp"
#include "film.hpp"
#include "pictures.hpp"
#include "saved_options.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <optional>
#include <sys/ioctl.h>
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
    using namespace boltz::report;
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
    fs::path const file = fs::path{options.out} / "evaluation.json";
    check_writable(file);
    Machine const machine = load_machine(options.load);
    options.data = data_folder(options);
    Images const images = read_images(options);
    if (std::size_t const visible = machine.sizes()[0]; visible != images.train.pixels())
        fail<ShapeError>("mnist_dbm: the model in ", options.load, " has ", visible,
                         " visible units, but the images have ", images.train.pixels(), " pixels");
    std::string sizes;
    for (std::size_t const size : machine.sizes()) sizes += (sizes.empty() ? "" : "-") + std::to_string(size);
    std::cout << "boltz " << version << ": " << sizes << (machine.layers() == 2 ? " RBM" : " DBM") << " from "
              << options.load << ", " << images.test.count << " held-out images (" << images.name << ")" << std::endl;
    Evaluation const evaluation = evaluate(machine, images, options);
    Json::Object result = as_json(evaluation, images.test_name);
    result.insert({{"model", options.load},
                   {"dataset", images.name},
                   {images.test_name + "_images", images.test.count},
                   {"binarisation", options.binarisation},
                   {"note", images.note},
                   {"seed", options.seed},
                   {"threads", options.threads},
                   {"version", version}});
    write_text(file, as_text(result));
    show(evaluation, images.test_name);
    return 0;
}

/// Refuses options of a training where none takes place.
/// @throws boltz::ValueError
void refuse_training_options(CLI::App const& app) {
    for (CLI::Option const* const option : app.get_options()) {
        constexpr std::array groups{"Model", "Pretraining", "Joint training", "Classifier", "Fine-tuning", "Run"};
        constexpr std::array used_by_both{"seed", "threads", "out"};
        auto const is_named = [&](char const* name) { return option->check_lname(name); };
        bool const of_training = std::find(groups.begin(), groups.end(), option->get_group()) != groups.end() &&
                                 std::none_of(used_by_both.begin(), used_by_both.end(), is_named);
        if (of_training && option->count() > 0)
            boltz::fail<boltz::ValueError>("mnist_dbm: ", option->get_name(),
                                           " is for a training, but --load trains nothing");
    }
}

/// What a run leaves in its folder.
constexpr std::array files_of_a_run{"options.json",   "checkpoint.npz", "metrics.csv",        "model.npz",
                                    "classifier.npz", "network.npz",    "summary.json",       "evaluation.json",
                                    "filters.png",    "samples.png",    "overview.png",       "curves.png",
                                    "mean_field.png", "filters.gif",    "reconstructions.png"};

/// Whether a folder holds the options of a run, and so what that wrote before its first checkpoint.
bool is_begun_run(fs::path const& out) {
    fs::path const settings = out / "options.json";
    if (!fs::exists(settings)) return false;
    try {
        parse_options(read_text(settings), settings.string());
        return true;
    } catch (std::exception const&) {
        return false;
    }
}

/// Refuses a folder in which a run would overwrite another one, or other files, unasked, or could not write.
/// @throws boltz::Error
void check_folder(Options const& options, fs::path const& out) {
    using namespace boltz;
    for (char const* const file : files_of_a_run) check_writable(out / file);
    bool const stopped = fs::exists(out / "checkpoint.npz");
    bool const finished = fs::exists(out / "summary.json") || fs::exists(out / "model.npz");
    if (options.resume && !stopped)
        fail<FileError>("mnist_dbm: there is nothing to resume in ", out.string(),
                        finished ? ": it holds a finished run"
                                 : ": it has no checkpoint.npz of a run that was stopped");
    if (options.resume || options.restart) return;
    if (stopped)
        fail<ValueError>(
            "mnist_dbm: ", out.string(),
            " holds the checkpoint of a run that was stopped: --resume goes on with it, --restart begins anew");
    for (char const* const file : {"summary.json", "model.npz"})
        if (fs::exists(out / file))
            fail<ValueError>("mnist_dbm: ", out.string(), " holds a finished run (", file,
                             "): --restart removes it and begins anew, --out FOLDER writes elsewhere");
    if (is_begun_run(out)) return;
    for (char const* const file : files_of_a_run)
        if (fs::exists(out / file))
            fail<ValueError>("mnist_dbm: ", out.string(), " holds ", file,
                             ", which a run would overwrite: --restart removes it, --out FOLDER writes "
                             "elsewhere");
}

/// The options of the run that goes on. They live in its checkpoint; those in options.json are for people, and must
/// be the same.
/// @throws boltz::Error if the text of either was changed by hand, or the command line asks for others.
Options saved_options(Options const& asked, CLI::App const& app, boltz::Arrays const& state, fs::path const& out) {
    fs::path const checkpoint = out / "checkpoint.npz";
    fs::path const settings = out / "options.json";
    Options saved = parse_options(text_of(state, "options", checkpoint), checkpoint.string());
    if (fs::exists(settings)) {
        auto const inside = as_json(saved), beside = as_json(parse_options(read_text(settings), settings.string()));
        for (auto const& [key, value] : beside)
            if (value != inside.at(key))
                boltz::fail<boltz::ValueError>("mnist_dbm: ", key, " is ", value.dump(), " in ", settings.string(),
                                               ", but ", inside.at(key).dump(), " in ", checkpoint.string(),
                                               ", which was written with it");
    }
    refuse_changes(app, asked, saved, checkpoint.string());
    if (app.get_option("--data")->count() > 0) saved.data = data_folder(asked);
    saved.out = asked.out;
    saved.threads = asked.threads;
    saved.resume = true;
    return saved;
}

/// Cuts a log to the length that it had when the checkpoint was written: what follows is of updates that are made
/// again. A log that is not there any more begins anew.
/// @throws boltz::ValueError if it is shorter than that.
void cut_log(fs::path const& log, std::uint64_t bytes) {
    if (!fs::exists(log)) return;
    if (std::uint64_t const found = fs::file_size(log); found < bytes)
        boltz::fail<boltz::ValueError>("mnist_dbm: ", log.string(), " has ", found, " bytes, but had ", bytes,
                                       " when the checkpoint was written: restore it, or remove it to begin "
                                       "a new one");
    fs::resize_file(log, bytes);
}

int run(Options options, CLI::App const& app, std::string const& program) {
    using namespace boltz;
    fs::path const out{options.out};
    std::error_code problem;
    FolderLock const lock{out};

    if (!options.load.empty()) {
        refuse_training_options(app);
        return evaluate_saved(options);
    }

    fs::path const checkpoint = out / "checkpoint.npz";
    fs::path const log = out / "metrics.csv";
    check_folder(options, out);
    Arrays saved;
    if (options.resume) {
        saved = read_checkpoint(checkpoint);
        options = saved_options(options, app, saved, out);
    } else {
        options.data = data_folder(options);
    }
    Images const images = read_images(options);
    std::uint64_t const sum = checksum(images);
    if (options.resume && sum != options.data_checksum)
        fail<ValueError>("mnist_dbm: the images (", images.name, ") are not those of the run that was stopped");
    options.data_checksum = sum;
    Experiment experiment{options, images};
    std::string const settings = as_text(as_json(options));
    if (options.resume) {
        std::uint64_t log_bytes = Archive{saved, Archive::Mode::loading}.stored("log_bytes");
        from_arrays(std::move(saved), experiment);
        cut_log(log, log_bytes);
    } else {
        for (char const* old : files_of_a_run) fs::remove(out / old, problem);
        Film::remove_frames(out / "frames");
    }
    write_text(out / "options.json", settings);
    StateVisit const state{[&](Archive& archive) {
        experiment.archive(archive);
        archive.put("options", as_array(settings));
        std::uint64_t log_bytes = fs::exists(log) ? fs::file_size(log) : 0;
        archive("log_bytes", log_bytes);
    }};

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
    char const* const kernels = std::getenv("OPENBLAS_CORETYPE"); // to the bit only with the same kernels
    stop_on_signals(
        "\nStopped. Go on with: " + (kernels != nullptr ? "OPENBLAS_CORETYPE=" + std::string{kernels} + ' ' : "") +
        program + " --resume --out " + out.string() + '\n');
    bool complete = false;
    {
        Polling const polling;
        complete = experiment.run(StopWhen{[] { return interrupted != 0; }}, diverged, film, MetricLog{log},
                                  Progress{std::cout, terminal ? Terminal::yes : Terminal::no, columns},
                                  Keep{checkpoint, state, options.checkpoint_seconds});
    }
    if (!film.failure().empty())
        fail<FileError>(film.failure(), "; the training stands in ", checkpoint.string(),
                        ", --resume goes on with it");
    if (diverged.triggered())
        fail<ValueError>("mnist_dbm: the parameters are no longer finite; smaller learning rates may help "
                         "(--pretrain-rates, --joint-rate)");
    // What follows can take long too; a signal ends it, and the run goes on from here.
    if (complete) write_checkpoint(checkpoint, state, "complete");
    if (!complete || interrupted != 0) {
        std::cout << last_words() << std::flush;
        return 130;
    }

    save(out / "model.npz", experiment.machine());
    Errors errors;
    if (options.classifier_epochs > 0) {
        save(out / "classifier.npz", experiment.classifier());
        errors.features = experiment.features_test_error();
    }
    if (options.fine_tune_epochs > 0) {
        save(out / "network.npz", experiment.network());
        errors.fine_tuned = experiment.test_error();
    }
    double const reconstruction = experiment.test_reconstruction();
    auto const& seconds = experiment.seconds();
    Json::Object summary{{"dataset", images.name},
                         {"train_images", images.train.count},
                         {images.test_name + "_images", images.test.count},
                         {images.test_name + "_reconstruction_error", reconstruction},
                         {"seconds", Json::Object{{"pretraining", seconds[0]},
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
                         {"options", as_json(options)}};
    if (errors.features) summary["features_" + images.test_name + "_error_percent"] = *errors.features;
    if (auto const last = errors.fine_tuned ? errors.fine_tuned : errors.features)
        summary[images.test_name + "_error_percent"] = *last;
    std::optional<Evaluation> evaluation;
    if (options.evaluate) {
        evaluation = evaluate(experiment.machine(), images, options);
        summary.merge(as_json(*evaluation, images.test_name));
    }
    write_text(out / "summary.json", as_text(summary));
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
    give_back_large_arrays();
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
    return run_program("mnist_dbm", app, argc, argv, [&] { return run(options, app, argv[0]); });
}
