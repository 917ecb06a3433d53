// What a package index answers, as JSON or as HTML: a URL that was found leads to the file that was
// looked for.
#include "pypi/package_index.h"

#include "fuzz/target.h"
#include "hub/http.h"

THAW_FUZZ_TARGET(package_index) {
  using thaw::fuzz::require;
  const std::string body(input), file = "a-1.whl";
  for (const bool is_json : {true, false}) {
    std::string url;
    thaw::fuzz::accepts(
        [&] { url = thaw::find_in_index(body, is_json, file, "https://index.example"); });
    if (url.empty() || is_json) continue;
    require(body.find("href=") != std::string::npos, "a URL stands in a link");
    require(url.find('\'') == std::string::npos || url.find('"') == std::string::npos,
            "a URL ends with its quote");
  }
  const std::string index = thaw::index_in_pip_help(body);
  require(index.size() <= body.size(), "an index stands in the help");
}
