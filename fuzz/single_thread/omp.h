#pragma once

// What thaw's own sources ask of OpenMP, for one thread: fuzz targets are built without its
// runtime, whose threads would only be started and joined thousands of times a second.

inline int omp_get_num_procs() { return 1; }
inline int omp_get_thread_num() { return 0; }
inline int omp_get_num_threads() { return 1; }
inline int omp_get_max_threads() { return 1; }
inline void omp_set_dynamic(int) {}
inline void omp_set_num_threads(int) {}
