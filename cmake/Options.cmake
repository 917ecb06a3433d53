# How thaw is compiled. thaw_options is what its headers ask of whatever includes them, and thaw_flags what
# its own sources get: thaw_own() gives a target these and keeps them from what links it.
add_library(thaw_options INTERFACE)
target_compile_features(thaw_options INTERFACE cxx_std_20)
target_include_directories(thaw_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(thaw_options INTERFACE nlohmann_json::nlohmann_json)
if(NOT THAW_FUZZ)
  target_link_libraries(thaw_options INTERFACE OpenMP::OpenMP_CXX)
endif()

add_library(thaw_flags INTERFACE)
target_compile_features(thaw_flags INTERFACE cxx_std_20)
target_link_libraries(thaw_flags INTERFACE PkgConfig::fmt)
target_compile_definitions(thaw_flags INTERFACE THAW_VERSION="${PROJECT_VERSION}")
target_compile_options(thaw_flags INTERFACE -Wall -Wextra -Wno-psabi -fno-math-errno)
# g++ 12 sees overlapping copies in std::string::insert and operator+ where there are none
# (GCC bug 105651, mended in 13).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(thaw_flags INTERFACE -Wno-restrict)
endif()
if(THAW_WERROR)
  target_compile_options(thaw_flags INTERFACE -Werror)
endif()
if(THAW_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
    message(FATAL_ERROR "THAW_FUZZ needs clang's libFuzzer: run scripts/fuzz.sh, or set CMAKE_CXX_COMPILER to clang++")
  endif()
  # No sanitizer may go on after what it found. Overflow of unsigned numbers is no error: hashes use it.
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(thaw_flags INTERFACE ${sanitizers} -fsanitize=fuzzer-no-link
    -Wno-unknown-pragmas -Wno-source-uses-openmp)
  target_link_options(thaw_flags INTERFACE ${sanitizers})
  # Starting and joining OpenMP's threads would take most of the time of a target.
  target_include_directories(thaw_flags BEFORE INTERFACE ${PROJECT_SOURCE_DIR}/fuzz/single_thread)
endif()

function(thaw_own target)
  target_link_libraries(${target} PRIVATE thaw_flags)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
endfunction()
