#pragma once

#include <string>

#include "hub/client.h"
#include "hub/settings.h"

namespace thaw {

// How Python's package index is asked, as pip would: PIP_INDEX_URL, else the index-url of pip's
// configuration files (PIP_CONFIG_FILE, the user's, the system's), else https://pypi.org/simple;
// PIP_CERT (or `cert` there) for certificates. A user and a password in the address become the
// credentials, which go to that host alone.
HubSettings package_index_settings(const Environment& environment);
HubSettings package_index_settings();

// The URL of a file of a package, as the index lists it. Throws Error where the index cannot be
// asked or has no such file.
std::string package_file_url(HubClient& client, const std::string& package,
                             const std::string& file);

}  // namespace thaw
