#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hub/client.h"
#include "hub/settings.h"

namespace thaw {

// How Python's package index is asked, as pip would: PIP_INDEX_URL, else the index-url of pip's
// configuration files (PIP_CONFIG_FILE, the user's, the system's), else what `otherwise` gives;
// PIP_CERT (or `cert` there) for certificates. A user and a password in the address become the
// credentials, which go to that host alone. Throws Error where no index is named.
HubSettings package_index_settings(const Environment& environment,
                                   const std::function<std::string()>& otherwise);
// The same from the process's own environment, and index_of_pip().
HubSettings package_index_settings();

// The index that the machine's own pip asks when nobody names another: its own word, so that there
// is one place less to name a host in. Runs pip; empty where there is none.
std::string index_of_pip();
// The same address in what `pip download --help` prints; empty where it is not there.
std::string index_in_pip_help(std::string_view help);

// The URL of a file as an index's answer has it, JSON (PEP 691) or HTML (PEP 503); empty where it
// is not listed. Throws Error for JSON that is none.
std::string find_in_index(const std::string& body, bool is_json, const std::string& file,
                          const std::string& where);

// The URL of a file of a package, as the index lists it. Throws Error where the index cannot be
// asked or has no such file.
std::string package_file_url(HubClient& client, const std::string& package,
                             const std::string& file);

}  // namespace thaw
