# Everything thaw links, by its Debian 12 name. scripts/install-dependencies.sh installs them.
if(NOT THAW_FUZZ)  # fuzz/single_thread
  find_package(OpenMP REQUIRED COMPONENTS CXX)
endif()
find_package(nlohmann_json 3.10 REQUIRED)   # nlohmann-json3-dev
find_package(CLI11 2.1 REQUIRED)            # libcli11-dev
find_package(PkgConfig REQUIRED)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)       # libutf8proc-dev
pkg_check_modules(oniguruma REQUIRED IMPORTED_TARGET oniguruma)     # libonig-dev
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)              # libzip-dev
pkg_check_modules(fmt REQUIRED IMPORTED_TARGET fmt>=9)                # libfmt-dev
pkg_check_modules(hwy REQUIRED IMPORTED_TARGET libhwy)                 # libhwy-dev
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)  # libtomlplusplus-dev
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)             # libyaml-dev
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)                  # zlib1g-dev
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)               # libzstd-dev
pkg_check_modules(lzma REQUIRED IMPORTED_TARGET liblzma)               # liblzma-dev
find_package(BZip2 REQUIRED)                                           # libbz2-dev
pkg_check_modules(libcurl REQUIRED libcurl)                            # libcurl4-openssl-dev
find_path(DNNL_INCLUDE_DIR dnnl.hpp REQUIRED)                          # libdnnl-dev
find_library(DNNL_LIBRARY dnnl REQUIRED)
