// SPDX-License-Identifier: MIT

/// @file
/// Makes published results again: `reproduce ROW` trains, evaluates, prints expected and obtained figures side by
/// side and writes them as JSON; `reproduce report FOLDER` makes a page of such files.

#include "../support/command_line.hpp"
#include "../support/memory.hpp"
#include "../support/numbers.hpp"
#include "../support/run_folder.hpp"
#include "rows.hpp"

#include <CLI/CLI.hpp>
#include <boltz/io/json_reader.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <sstream>

namespace {

namespace fs = std::filesystem;

/// The seconds that earlier calls have spent on a row.
double earlier_seconds(fs::path const& file) {
    if (!fs::exists(file)) return 0;
    std::istringstream text{read_text(file)};
    double seconds = 0;
    text >> seconds;
    return seconds;
}

/// Refuses options that the row does not take.
/// @throws ValueError
void check_options(Setting const& setting, Row const& row, std::string const& folder) {
    auto const refuse_unless = [&](bool fits, char const* option, std::string const& value, std::string const& why) {
        if (!value.empty() && !fits)
            boltz::fail<boltz::ValueError>("reproduce: ", option, " is ", value, ", but ", why);
    };
    std::string const name{row.name};
    refuse_unless(row.option == "--model", "--model", setting.model, "row " + name + " trains its own");
    refuse_unless(row.option == "--binarised-test", "--binarised-test", setting.binarised_test,
                  "row " + name + " reports on those of the folder of the data");
    refuse_unless(setting.validation == 0, "--binarised-test", setting.binarised_test,
                  "--validation " + std::to_string(setting.validation) + " asks for training images");
    refuse_unless(!setting.model.empty(), "--model-note", setting.model_note, "there is no --model");
    refuse_unless(false, "the second word", folder, "row " + name + " takes none");
}

/// Refuses a folder whose stages were trained by other settings or another schedule; stages depend on these and on
/// nothing else.
/// @throws ValueError
void claim_folder(Setting const& setting, Row const& row, std::string const& data) {
    boltz::Json const settings = boltz::Json::Object{{"recipe", row.recipe},
                                                     {"data", data},
                                                     {"seed", setting.seed},
                                                     {"limit", setting.limit},
                                                     {"validation", setting.validation},
                                                     {"epochs_percent", setting.epochs_percent},
                                                     {"precision", setting.precision},
                                                     {"model", setting.model}};
    fs::path const file = setting.out / "settings.json";
    bool const begun =
        std::any_of(fs::directory_iterator{setting.out}, fs::directory_iterator{},
                    [](fs::directory_entry const& entry) { return entry.path().extension() == ".npz"; });
    if (begun && fs::exists(file))
        if (auto const found = boltz::parse_json(read_text(file)).value_or(nullptr); found != settings)
            boltz::fail<boltz::ValueError>(
                "reproduce: ", setting.out.string(), " holds the stages of a run with other settings, ",
                boltz::detail::excerpt(found), "; another --out, or an empty folder, begins anew");
    write_text(file, as_text(settings));
}

int run(Setting setting, std::string const& command, std::string const& folder) {
    auto const row =
        std::find_if(all_rows.begin(), all_rows.end(), [&](Row const& one) { return one.name == setting.row; });
    if (row == all_rows.end()) {
        std::string near;
        for (Row const& one : all_rows)
            if (detail_of_command_line::edits(setting.row, one.name) <= 2) near = one.name;
        std::cerr << "reproduce: "
                  << (setting.row.empty() ? "name a row, such as rbm-features"
                                          : "there is no row '" + setting.row + "'")
                  << (near.empty() ? "" : " (did you mean " + near + "?)") << "; --list names them\n";
        return 2;
    }
    check_options(setting, *row, folder);
    setting.out /= setting.row;
    FolderLock const lock{setting.out};
    check_writable(setting.out / (setting.row + ".json"));
    setting.data = data_folder(setting.apply_to({}), row->dataset);
    Images const images = read_images(setting.apply_to({}));
    std::cout << row->summary << "\n"
              << images.train.count << " training images, " << images.test.count << ' ' << images.test_name
              << " images (" << images.name << "), seed " << setting.seed << ", " << setting.threads
              << (setting.threads == 1 ? " thread" : " threads") << std::endl;

    claim_folder(setting, *row, images.name);
    stop_on_signals("\nStopped. The same command goes on.\n");
    fs::path const clock = setting.out / "seconds";
    double const earlier = earlier_seconds(clock);
    auto const start = std::chrono::steady_clock::now();
    auto const seconds = [&] {
        return earlier + std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    try {
        Result result = row->run(setting, images);
        result.row = setting.row;
        result.command = command;
        result.model_note = setting.model_note;
        result.threads = setting.threads;
        result.seconds = seconds();
        result.version = boltz::version;
        result.seed = setting.seed;
        if (images.name == "synthetic digits") result.title += ", on synthetic digits";
        if (!images.note.empty()) result.protocol += "; " + images.note;
        show(result);
        write_text(clock, std::to_string(result.seconds) + "\n");
        write_text(setting.out / (setting.row + ".json"), as_text(as_json(result)));
        std::cout << "\n  figures are in " << (setting.out / (setting.row + ".json")).string() << std::endl;
        return 0;
    } catch (Interrupted const&) {
        write_text(clock, std::to_string(seconds()) + "\n");
        std::cout << last_words() << std::flush;
        return 130;
    }
}

/// @throws FormatError if the file is not what `run` writes.
Result read_result(fs::path const& file) {
    try {
        return result_of(boltz::parse_json(read_text(file)).value_or(nullptr));
    } catch (boltz::FormatError const&) {
        boltz::fail<boltz::FormatError>("reproduce: ", file.string(), " does not hold the figures of a row");
    }
}

/// Remarks whose links still lead somewhere on a page one folder above them.
std::string seen_from_above(std::string text) {
    std::string const up = "](../";
    for (std::size_t at = text.find(up); at != std::string::npos; at = text.find(up, at + 2)) text.erase(at + 2, 3);
    return text;
}

/// The page of all rows that have a JSON file in the folder, in the order of the rows; `ROW.md` beside it holds
/// remarks. The page is to lie beside the folder.
/// @throws FileError if there is no such folder.
int write_report(fs::path const& folder) {
    if (!fs::is_directory(folder))
        boltz::fail<boltz::FileError>("reproduce: report needs a folder with the JSON files of rows, but '",
                                      folder.string(), "' is none");
    std::cout << "# Results\n\nPublished results and what `reproduce` made of them. This page is generated:\n"
                 "`reproduce report docs/results > docs/results.md`.\n\n"
                 "\302\261 is the standard deviation over seeds where several are named, else the standard error. "
                 "Where figures\n"
                 "were published: MGL is melisgl/mgl (`example/mnist.lisp`), PyDeep is MelJan/PyDeep (its tutorial "
                 "of a large RBM),\n"
                 "others are named by their authors or their repositories.\n";
    for (Row const& row : all_rows) {
        fs::path const file = folder / (std::string{row.name} + ".json");
        fs::path const remarks = folder / (std::string{row.name} + ".md");
        std::string const text = fs::exists(remarks) ? seen_from_above(read_text(remarks)) : "";
        std::cout << '\n';
        if (fs::exists(file))
            std::cout << as_markdown(read_result(file), text);
        else
            std::cout << "## " << row.name << "\n\n"
                      << row.summary << ": not run yet.\n"
                      << (text.empty() ? "" : "\n" + text);
    }
    std::cout << std::flush;
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    give_back_large_arrays();
    Setting setting;
    std::string folder;
    bool list = false;
    CLI::App app{"Makes published results on MNIST again, one row a call."};
    app.option_defaults()->always_capture_default();
    app.add_flag("--list", list, "Name the rows");
    app.add_option("row", setting.row, "The row, or 'report'");
    app.add_option("folder", folder, "With 'report': the folder of the JSON files");
    app.add_option(
        "--data", setting.data,
        "Folder with the four files of MNIST or its relative; else that of the row in $BOLTZ_DATA_DIR, else "
        "synthetic digits");
    app.add_option("--out", setting.out, "Folder for checkpoints, models and figures, one a row");
    app.add_option("--seed", setting.seed, "Seed of the generative model and the first fine-tuning")
        ->check(any_seed());
    app.add_option("--seeds", setting.seeds,
                   "Fine-tunings, or whole trainings in rows of whole runs, with seeds that count up")
        ->check(whole_number(1, 100));
    app.add_option("--threads", setting.threads, "Processors to use; results are the same for any number")
        ->check(whole_number(1, 1024));
    app.add_option("--limit", setting.limit, "Train on the first N images only; 0 for all")
        ->check(whole_number(0, 100'000'000));
    app.add_option("--validation", setting.validation,
                   "Report on N held-out training images in place of the test images")
        ->check(whole_number(0, 100'000'000));
    app.add_option("--epochs-percent", setting.epochs_percent, "Share of the epochs of each training")
        ->check(real_number(0.01, 1000));
    app.add_option(
           "--precision", setting.precision,
           "What matrix products read: float32, bfloat16, or automatic: bfloat16 in generative trainings where it "
           "gains time, else float32")
        ->check(CLI::IsMember({"automatic", "float32", "bfloat16"}).description(""));
    app.add_option("--binarised-test", setting.binarised_test,
                   "Test images that others have drawn, an IDX file of zeros and other bytes (row rbm-binarised)");
    app.add_option("--model", setting.model,
                   "A saved machine 784-500-1000 in place of the generative training (rows dbm, few-labels)");
    app.add_option("--model-note", setting.model_note, "How that machine was trained, for the page of results");
    return run_program("reproduce", app, argc, argv, [&] {
        if (list) {
            for (Row const& row : all_rows) std::cout << row.name << ": " << row.summary << '\n';
            return 0;
        }
        if (setting.row == "report") return write_report(folder);
        std::string command = "reproduce";
        for (int i = 1; i < argc; ++i) {
            std::string const argument{argv[i]};
            command += ' ' + (argument.find(' ') == std::string::npos ? argument : '"' + argument + '"');
        }
        return run(setting, command, folder);
    });
}
