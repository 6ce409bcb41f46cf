// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// What the program is asked to do.

#include "../numbers.hpp"

#include <CLI/CLI.hpp>
#include <boltz/compute.hpp>
#include <boltz/io/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

/// One run of the program. The initial values are the default preset.
struct Options {
    std::string data;
    std::string out = "out";
    std::string binarisation = "stochastic";
    std::vector<std::size_t> hidden{500, 1000};
    std::vector<std::size_t> pretrain_epochs{7, 7};
    std::size_t joint_epochs = 4;
    std::size_t classifier_epochs = 8;
    std::size_t batch_size = 100;
    std::vector<double> pretrain_rates{0.05, 0.05};
    std::vector<double> pretrain_momentum{0.5, 0.9};
    double pretrain_decay = 2e-4;
    double joint_rate = 0.001;
    std::vector<double> joint_momentum{0.0, 0.0};
    double joint_decay = 0;
    double classifier_rate = 0.3;
    double classifier_momentum = 0.9;
    std::size_t fine_tune_epochs = 12;
    double fine_tune_rate = 0.7;
    double fine_tune_momentum = 0.9;
    std::size_t fine_tune_sweeps = 10;
    std::string fine_tune_binarisation = "stochastic";
    std::vector<double> dropout{0.0, 0.0, 0.2};
    std::size_t block_rows = 0;
    std::string precision = "automatic";
    std::size_t chains = 100;
    std::size_t gibbs_steps = 1;
    std::size_t mean_field_sweeps = 5;
    std::size_t limit = 0;
    std::size_t validation = 0;
    std::uint64_t seed = 1;
    std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    double checkpoint_seconds = 60;
    std::uint64_t data_checksum = 0;
    std::string load;
    std::size_t evaluation_runs = 100;
    std::size_t evaluation_temperatures = 7000;
    std::size_t evaluation_sweeps = 1000;
    std::size_t evaluation_cases = 0;
    bool evaluate = false;
    bool restart = false;
    bool paper = false;
    bool resume = false;
};

/// The options that a run keeps, under their names.
inline boltz::Json::Object as_json(Options const& options) {
    return {{"batch_size", options.batch_size},
            {"binarisation", options.binarisation},
            {"block_rows", options.block_rows},
            {"chains", options.chains},
            {"checkpoint_seconds", options.checkpoint_seconds},
            {"classifier_epochs", options.classifier_epochs},
            {"classifier_momentum", options.classifier_momentum},
            {"classifier_rate", options.classifier_rate},
            {"data", options.data},
            {"data_checksum", options.data_checksum},
            {"dropout", options.dropout},
            {"evaluate", options.evaluate},
            {"evaluation_cases", options.evaluation_cases},
            {"evaluation_runs", options.evaluation_runs},
            {"evaluation_sweeps", options.evaluation_sweeps},
            {"evaluation_temperatures", options.evaluation_temperatures},
            {"fine_tune_binarisation", options.fine_tune_binarisation},
            {"fine_tune_epochs", options.fine_tune_epochs},
            {"fine_tune_momentum", options.fine_tune_momentum},
            {"fine_tune_rate", options.fine_tune_rate},
            {"fine_tune_sweeps", options.fine_tune_sweeps},
            {"gibbs_steps", options.gibbs_steps},
            {"hidden", options.hidden},
            {"joint_decay", options.joint_decay},
            {"joint_epochs", options.joint_epochs},
            {"joint_momentum", options.joint_momentum},
            {"joint_rate", options.joint_rate},
            {"limit", options.limit},
            {"mean_field_sweeps", options.mean_field_sweeps},
            {"out", options.out},
            {"paper", options.paper},
            {"precision", options.precision},
            {"pretrain_decay", options.pretrain_decay},
            {"pretrain_epochs", options.pretrain_epochs},
            {"pretrain_momentum", options.pretrain_momentum},
            {"pretrain_rates", options.pretrain_rates},
            {"seed", options.seed},
            {"validation", options.validation}};
}

/// The precision of that name; automatic for any other.
inline boltz::Precision precision_of(std::string const& name) {
    using boltz::Precision;
    for (auto const known : {Precision::float32, Precision::bfloat16})
        if (name == to_string(known)) return known;
    return Precision::automatic;
}

/// The presets change what the options start from, so that an option on the command line always wins.
inline void apply_quick(Options& options) {
    options.hidden = {144, 100}; // as many filters as the picture shows
    options.pretrain_epochs = {3, 3};
    options.joint_epochs = 2;
    options.classifier_epochs = 10;
    options.fine_tune_epochs = 3;
    options.limit = 2000;
}

inline void apply_paper(Options& options) {
    options.paper = true;
    options.pretrain_epochs = {50, 50};
    options.pretrain_decay = 1e-3;
    options.joint_epochs = 300;
    options.joint_momentum = {0.5, 0.9};
    options.joint_decay = 1e-4;
    options.gibbs_steps = 2;
    options.classifier_epochs = 50;
    options.fine_tune_epochs = 60;
    options.fine_tune_rate = 0.5;
    options.fine_tune_sweeps = 50;
    options.dropout = {0.0, 0.0, 0.3};
}

/// Declares the command line. Values that are absurd are refused here, before anything is read or written.
inline void declare(CLI::App& app, Options& options) {
    auto const positive = whole_number(1, 100'000);
    auto const count = whole_number(0, 100'000'000);
    auto const rate = real_number(0, 10);
    auto const momentum = real_number(0, 0.9999);
    app.option_defaults()->always_capture_default();

    CLI::Option* const quick = app.add_flag_callback(
                                      "--quick", [] {}, "Preset: a small model on 2,000 images, in seconds")
                                   ->group("Presets");
    app.add_flag_callback(
           "--paper", [] {},
           "Preset: a long schedule in the manner of Salakhutdinov & Hinton (2009), without labels, one or two hours")
        ->excludes(quick)
        ->group("Presets");

    app.add_option(
           "--data", options.data,
           "Folder with the four MNIST or Fashion-MNIST files, plain or .gz; without it $BOLTZ_DATA_DIR/mnist, and "
           "without that synthetic digits")
        ->group("Data");
    app.add_option("--limit", options.limit, "Train on the first N images only; 0 for all")
        ->check(count)
        ->group("Data");
    app.add_option("--validation", options.validation,
                   "Set N training images aside and report the error on them instead of on the test images: for "
                   "choosing settings")
        ->check(count)
        ->group("Data");
    app.add_option("--binarisation", options.binarisation,
                   "What becomes of grey pixels in training: none (they are used as means), stochastic "
                   "(drawn at each presentation), fixed (drawn once), threshold (at 1/2)")
        ->check(CLI::IsMember({"none", "stochastic", "fixed", "threshold"}).description(""))
        ->group("Data");

    app.add_option("--hidden", options.hidden, "Units of the two hidden layers")
        ->expected(2)
        ->check(positive)
        ->group("Model");
    app.add_option("--seed", options.seed, "Seed of all random numbers")->check(any_seed())->group("Model");

    app.add_option("--pretrain-epochs", options.pretrain_epochs, "Epochs of the two RBMs")
        ->expected(2)
        ->check(count)
        ->group("Pretraining");
    app.add_option("--pretrain-rates", options.pretrain_rates, "Learning rates of the two RBMs")
        ->expected(2)
        ->check(rate)
        ->group("Pretraining");
    app.add_option("--pretrain-momentum", options.pretrain_momentum,
                   "Momentum of the first five epochs, and of the others")
        ->expected(2)
        ->check(momentum)
        ->group("Pretraining");
    app.add_option("--pretrain-decay", options.pretrain_decay, "Weight decay")->check(rate)->group("Pretraining");

    app.add_option("--joint-epochs", options.joint_epochs, "Epochs of the whole model")
        ->check(count)
        ->group("Joint training");
    app.add_option("--joint-rate", options.joint_rate, "Learning rate; with --paper it falls to a tenth")
        ->check(rate)
        ->group("Joint training");
    app.add_option("--joint-momentum", options.joint_momentum, "Momentum of the first five epochs, and of the others")
        ->expected(2)
        ->check(momentum)
        ->group("Joint training");
    app.add_option("--joint-decay", options.joint_decay, "Weight decay")->check(rate)->group("Joint training");
    app.add_option("--chains", options.chains, "Persistent Gibbs chains")->check(positive)->group("Joint training");
    app.add_option("--gibbs-steps", options.gibbs_steps, "Gibbs sweeps of every chain an update")
        ->check(positive)
        ->group("Joint training");
    app.add_option("--mean-field-sweeps", options.mean_field_sweeps, "Mean-field sweeps an update")
        ->check(count)
        ->group("Joint training");

    app.add_option("--classifier-epochs", options.classifier_epochs,
                   "Epochs of softmax regression on the features [h1, h2]")
        ->check(count)
        ->group("Classifier");
    app.add_option("--classifier-rate", options.classifier_rate, "Learning rate")->check(rate)->group("Classifier");
    app.add_option("--classifier-momentum", options.classifier_momentum, "Momentum")
        ->check(momentum)
        ->group("Classifier");

    app.add_option("--fine-tune-epochs", options.fine_tune_epochs,
                   "Epochs of the network that the machine unrolls into, trained by backpropagation; 0 for none")
        ->check(count)
        ->group("Fine-tuning");
    app.add_option(
           "--fine-tune-rate", options.fine_tune_rate,
           "Learning rate; it falls to a hundredth, and the network is the mean over the second half of the epochs")
        ->check(rate)
        ->group("Fine-tuning");
    app.add_option("--fine-tune-momentum", options.fine_tune_momentum, "Momentum")
        ->check(momentum)
        ->group("Fine-tuning");
    app.add_option("--fine-tune-sweeps", options.fine_tune_sweeps,
                   "Most mean-field sweeps by which the means of the upper layer, which the network sees beside the "
                   "pixels, are inferred")
        ->check(positive)
        ->group("Fine-tuning");
    app.add_option(
           "--fine-tune-binarisation", options.fine_tune_binarisation,
           "What becomes of grey pixels in fine-tuning: stochastic (drawn at each presentation, so that no two "
           "are the same), none; errors are those of grey pixels")
        ->check(CLI::IsMember({"stochastic", "none"}).description(""))
        ->group("Fine-tuning");
    app.add_option("--dropout", options.dropout,
                   "Shares of pixels, of the inferred means beside them, and of hidden units that are left out")
        ->expected(3)
        ->check(real_number(0, 0.95))
        ->group("Fine-tuning");

    app.add_flag("--evaluate", options.evaluate,
                 "Estimate log Z by annealed importance sampling, from both sides, and the bound of the test images")
        ->group("Evaluation");
    app.add_option("--load", options.load, "Evaluate the model in this file (model.npz of a run) without training")
        ->group("Evaluation");
    app.add_option("--evaluation-runs", options.evaluation_runs, "Annealed chains in each direction")
        ->check(whole_number(2, 100'000))
        ->group("Evaluation");
    app.add_option("--evaluation-temperatures", options.evaluation_temperatures,
                   "Equal steps from units without weights, on as often as those of the model, to the model")
        ->check(whole_number(1, 10'000'000))
        ->group("Evaluation");
    app.add_option("--evaluation-sweeps", options.evaluation_sweeps,
                   "Steps of the tempered chains from whose ends the chains of the other direction begin")
        ->check(count)
        ->group("Evaluation");
    app.add_option("--evaluation-cases", options.evaluation_cases,
                   "Also sum out the hidden layers of the first N test images, by 20 annealed chains each, and tell "
                   "how much the bound is too low")
        ->check(count)
        ->group("Evaluation");

    app.add_option("--batch-size", options.batch_size, "Images an update")->check(positive)->group("Run");
    app.add_option(
           "--threads", options.threads,
           "Processors to use, up to as many as there are blocks in a batch; the result is the same for any number")
        ->check(whole_number(1, 1024))
        ->group("Run");
    app.add_option(
           "--block-rows", options.block_rows,
           "Images or chains that one thread takes through a whole chain of products; 0 for half a batch, which "
           "serves two threads. Rounding may depend on it, but never on --threads")
        ->check(count)
        ->group("Run");
    app.add_option(
           "--precision", options.precision,
           "What matrix products of pretraining and joint training read: float32, bfloat16 (float rounded to 8 "
           "significant bits; refused where the "
           "program or the processor has none), or automatic: bfloat16 for the trainings that can take it, where "
           "it gains time")
        ->check(CLI::IsMember({"automatic", "float32", "bfloat16"}).description(""))
        ->group("Run");
    app.add_option("--out", options.out, "Folder for the model, the pictures and the figures")->group("Run");
    app.add_option(
           "--checkpoint-seconds", options.checkpoint_seconds,
           "Write a checkpoint at the end of an epoch when the last one is older than this; 0 for every epoch")
        ->check(real_number(0, 1e9))
        ->group("Run");
    app.add_flag("--restart", options.restart,
                 "Begin anew where the folder holds a run, stopped or finished; its files are removed")
        ->group("Run");
    app.add_flag("--resume", options.resume,
                 "Go on from the checkpoint in the folder with the options of the run that wrote it: others are "
                 "refused, but for --threads, and --data where the images have moved")
        ->excludes("--restart")
        ->group("Run");
}
