# What `cmake --install` puts under the prefix; `cmake --build build --target uninstall` removes it again.
#
#   bin/thaw
#   lib/thaw/thaw_parquet.so, arrow/    the module for Parquet (src/data/readers/parquet.h says where it is
#                                       looked for) and, where they come from pyarrow's wheel, Arrow's
#                                       libraries, which nothing but the module uses
#   share/doc/thaw/                     README.md and what it links to, by the same relative paths
set(thaw_documents share/doc/thaw)
set(thaw_folders bin share share/doc ${thaw_documents} ${thaw_documents}/docs
    ${thaw_documents}/recipes)
if(TARGET thaw_parquet)
  list(APPEND thaw_folders lib lib/thaw)
  if(THAW_ARROW_FILES)
    list(APPEND thaw_folders lib/thaw/arrow)
  endif()
endif()

# CMake keeps a list of the files that it installed, not of the folders that it made for them. This runs
# before the first file is copied.
install(CODE "set(folders_file \"${CMAKE_BINARY_DIR}/install_folders.txt\")
set(folders \"${thaw_folders}\")")
install(CODE [[
set(made "")
if(EXISTS "${folders_file}")
  file(STRINGS "${folders_file}" made)
endif()
foreach(folder IN LISTS folders)
  set(path "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${folder}")
  if(NOT EXISTS "${path}")
    list(APPEND made "${path}")
  endif()
endforeach()
list(REMOVE_DUPLICATES made)
list(JOIN made "\n" made)
file(WRITE "${folders_file}" "${made}\n")
]])

install(TARGETS thaw RUNTIME DESTINATION bin)
if(TARGET thaw_parquet)
  install(TARGETS thaw_parquet LIBRARY DESTINATION lib/thaw)
  if(THAW_ARROW_FILES)
    install(FILES ${THAW_ARROW_FILES} DESTINATION lib/thaw/arrow)
  endif()
endif()
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${thaw_documents})
install(DIRECTORY docs recipes DESTINATION ${thaw_documents})

add_custom_target(uninstall
  COMMAND ${CMAKE_COMMAND} -D BUILD=${CMAKE_BINARY_DIR} -P ${PROJECT_SOURCE_DIR}/cmake/Uninstall.cmake
  COMMENT "Removing what was installed" VERBATIM)
