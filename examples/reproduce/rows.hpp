// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// The rows: published results, and how each is made again.

#include "result.hpp"
#include "setting.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Errors of held-out images, a value a seed.
inline Figure error_figure(Images const& images, std::string const& what, std::string published, std::string aim,
                           std::vector<double> percent) {
    return {.name = images.test_name + " error, " + what,
            .published = std::move(published),
            .aim = std::move(aim),
            .unit = "%",
            .values = std::move(percent)};
}

/// A published result.
struct Row {
    std::string_view name;
    std::string_view summary;
    Result (*run)(Setting const&, Images const&);
    unsigned recipe = 1; ///< counts the schedules of this row, whose stages cannot go on from each other's
    std::string_view dataset = "mnist"; ///< its folder under $BOLTZ_DATA_DIR
    std::string_view option{};          ///< a further option that it takes
};

Result reproduce_dbm(Setting const& setting, Images const& images);
Result reproduce_dbm_3(Setting const& setting, Images const& images);
Result reproduce_label_dbm(Setting const& setting, Images const& images);
Result reproduce_rbm_exact(Setting const& setting, Images const& images);
Result reproduce_rbm_features(Setting const& setting, Images const& images);
Result reproduce_rbm_likelihood(Setting const& setting, Images const& images);
Result reproduce_rbm_binarised(Setting const& setting, Images const& images);
Result reproduce_few_labels(Setting const& setting, Images const& images);
Result reproduce_default(Setting const& setting, Images const& images);
Result reproduce_45_seconds(Setting const& setting, Images const& images);
Result reproduce_fashion(Setting const& setting, Images const& images);

inline constexpr std::array all_rows{
    Row{"dbm", "DBM 784-500-1000: error after fine-tuning without and with dropout, bound on log p", reproduce_dbm, 1,
        "mnist", "--model"},
    Row{"dbm-3", "DBM 784-500-500-1000: error after fine-tuning with dropout, bound on log p", reproduce_dbm_3},
    Row{"label-dbm", "DBM 784-500-1000 with labels: error of p(label given pixels), and after fine-tuning",
        reproduce_label_dbm},
    Row{"rbm-features", "RBM 784-1024: softmax and k nearest neighbours on its features, fine-tuned",
        reproduce_rbm_features},
    Row{"rbm-likelihood", "RBM 784-500, centred persistent chains, pixels at a threshold: log-likelihood",
        reproduce_rbm_likelihood},
    Row{"rbm-binarised", "RBM 784-500, centred persistent chains, drawn pixels: log-likelihood",
        reproduce_rbm_binarised, 1, "mnist", "--binarised-test"},
    Row{"rbm-exact", "RBM 784-20: log Z from below, from above and by counting all states", reproduce_rbm_exact},
    Row{"few-labels", "RBM and DBM of all images, fine-tuned on 100, 1,000, 10,000 and 60,000 labels",
        reproduce_few_labels, 2, "mnist", "--model"},
    Row{"default", "DBM 784-500-1000 in a few minutes, as mnist_dbm trains it: errors, time", reproduce_default, 2},
    Row{"45-seconds", "DBM 784-500-1000 in 45 s of two processors: errors, time", reproduce_45_seconds},
    Row{"fashion", "The default on Fashion-MNIST: errors, time", reproduce_fashion, 2, "fashion-mnist"},
};
