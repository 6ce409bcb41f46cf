// SPDX-License-Identifier: MIT

/// @file
/// Short runs of the program `mnist_dbm`, everything included.

#include "../support/mnist/experiment.hpp"
#include "../support/mnist/keep.hpp"
#include "rows.hpp"

#include <numeric>
#include <string>
#include <utility>
#include <vector>

using namespace boltz;

namespace {

using Time = std::chrono::steady_clock;

double seconds_since(Time::time_point start) { return std::chrono::duration<double>(Time::now() - start).count(); }

/// A value a seed; an error is there if its classifier was trained.
struct WholeRuns {
    std::vector<double> fine_tuned, features, seconds;
};

/// One run a seed, from reading the images to the errors of held-out ones; the seconds leave out what an interruption
/// takes.
WholeRuns run_whole(Setting const& setting, Options options, std::string const& name = "run") {
    WholeRuns result;
    options = setting.apply_to(std::move(options));
    for (std::size_t i = 0; i < setting.seeds; ++i) {
        auto const start = Time::now();
        options.seed = setting.seed + i;
        Images const images = read_images(options);
        Experiment experiment{options, images};
        std::filesystem::path const checkpoint = setting.out / (name + "_" + std::to_string(options.seed) + ".npz");
        if (std::filesystem::exists(checkpoint)) resume(checkpoint, experiment);
        StateVisit const state{[&](Archive& archive) { experiment.archive(archive); }};
        double seconds = seconds_since(start);
        StopOnNaN diverged;
        bool complete = false;
        {
            Polling const polling;
            complete = experiment.run(StopWhen{[] { return interrupted != 0; }}, diverged, Progress{std::cout},
                                      Keep{checkpoint, state, 60});
        }
        if (diverged.triggered())
            boltz::fail<ValueError>("reproduce: the parameters of seed ", options.seed, " are no longer finite");
        if (complete) write_checkpoint(checkpoint, experiment, "complete");
        if (!complete || interrupted != 0) throw Interrupted{};
        auto const end = Time::now();
        if (options.fine_tune_epochs > 0) result.fine_tuned.push_back(experiment.test_error());
        if (options.classifier_epochs > 0) result.features.push_back(experiment.features_test_error());
        auto const& phases = experiment.seconds();
        seconds += std::accumulate(phases.begin(), phases.end(), seconds_since(end));
        result.seconds.push_back(seconds);
    }
    return result;
}

constexpr auto whole_protocol = "generative training and fine-tuning on pixels drawn at each presentation, features "
                                "and errors of grey ones; each seed is a whole training; settings chosen on 10,000 "
                                "held-out training images of MNIST, none on the test images";

/// The seconds of whole runs, a value a seed.
Figure time_figure(std::string until, std::string published, std::string aim, std::vector<double> seconds) {
    return {.name = "from reading the images to " + std::move(until),
            .published = std::move(published),
            .aim = std::move(aim),
            .unit = "s",
            .values = std::move(seconds)};
}

/// The share of the epochs that the setting asks for; none stays none.
Options shortened(Setting const& setting, Options options) {
    for (std::size_t& epochs : options.pretrain_epochs) epochs = setting.epochs(static_cast<double>(epochs));
    for (std::size_t* const epochs : {&options.joint_epochs, &options.classifier_epochs, &options.fine_tune_epochs})
        if (*epochs > 0) *epochs = setting.epochs(static_cast<double>(*epochs));
    return options;
}

/// The default of mnist_dbm.
Result default_runs(Setting const& setting, Images const& images, std::string title, std::string error_aim,
                    std::string time_aim) {
    WholeRuns runs = run_whole(setting, shortened(setting, Options{}));
    Result result;
    result.title = std::move(title);
    result.figures = {error_figure(images, "fine-tuned", "", std::move(error_aim), std::move(runs.fine_tuned)),
                      error_figure(images, "softmax on features", "", "", std::move(runs.features)),
                      time_figure("both errors", "", std::move(time_aim), std::move(runs.seconds))};
    result.protocol = whole_protocol;
    return result;
}

} // namespace

Result reproduce_default(Setting const& setting, Images const& images) {
    return default_runs(setting, images, "DBM 784-500-1000 on MNIST, the default of mnist_dbm", "< 1.3 %",
                        "about 120 s");
}

Result reproduce_fashion(Setting const& setting, Images const& images) {
    return default_runs(setting, images, "DBM 784-500-1000 on Fashion-MNIST, the default of mnist_dbm", "", "");
}

Result reproduce_45_seconds(Setting const& setting, Images const& images) {
    Options features;
    features.pretrain_epochs = {5, 5};
    features.joint_epochs = 1;
    features.classifier_epochs = 12;
    features.fine_tune_epochs = 0;
    Options tuning;
    tuning.pretrain_epochs = {3, 3};
    tuning.joint_epochs = 0; // an epoch of it costs as much as two of fine-tuning, which gain more here
    tuning.classifier_epochs = 0;
    tuning.fine_tune_epochs = 6;
    tuning.fine_tune_rate = 0.9;
    tuning.fine_tune_sweeps = 5;
    tuning.dropout = {0, 0, 0};
    WholeRuns by_features = run_whole(setting, shortened(setting, features), "features");
    WholeRuns tuned = run_whole(setting, shortened(setting, tuning), "fine_tuned");
    Result result;
    result.title = "DBM 784-500-1000 on MNIST in 45 seconds of two processors";
    result.figures = {error_figure(images, "softmax on features",
                                   "4.9 % (DBM), 3.23 % (DBN, 30 s), cybertronai/hinton-problems", "< 2.3 %",
                                   std::move(by_features.features)),
                      time_figure("this error", "45 s", "<= 45 s", std::move(by_features.seconds)),
                      error_figure(images, "pretrained and fine-tuned", "", "< 1.6 %", std::move(tuned.fine_tuned)),
                      time_figure("this error", "", "<= 45 s", std::move(tuned.seconds))};
    result.protocol = whole_protocol;
    return result;
}
