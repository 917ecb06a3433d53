#pragma once

#include <cstdint>
#include <string>

namespace thaw {

// Numbers as the report and the terminal show them. What is not finite is shown as "–".

std::string fixed(double value, int digits);

// The fewest digits that read back as the same number.
std::string shortest(double value);
std::string shortest(float value);

std::string grouped(int64_t count);                 // 12,284
std::string signed_count(int64_t change);           // +12, −3, 0
std::string short_count(int64_t count);             // 9,999; 592 k; 66.96 M; 1.20 G
std::string percent(double share, int digits = 1);  // 0.663 -> 66.3%

// A change of a metric between 0 and 1 in points: 0.0296 -> +2.96, -0.005 -> −0.50 (a minus sign).
std::string points(double change);

std::string duration(double seconds);  // 0.043 s, 31.2 s, 6 min 52 s, 1 h 02 min
std::string memory(double megabytes);  // of 10^6 bytes: 812 MB, 2.3 GB
std::string factor(double value);      // 0.8×, 1.4×, 13×
std::string p_value_text(double p);    // p = 0.031, p < 0.001

// "1 row", "3 rows".
std::string counted(int64_t count, const std::string& one, const std::string& many);

}  // namespace thaw
