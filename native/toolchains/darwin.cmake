# macOS, by zig's compiler and LLVM's linker: Debian's package lld-16, or any from 15 on. Where there is
# none, zig's own links, which exports hidden symbols, those of its runtime among them, and strips
# nothing; a file beside the library says so.
set(CMAKE_SYSTEM_NAME Darwin)
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
find_program(VOLFRAM_LD64 NAMES
  ld64.lld-16 ld64.lld-22 ld64.lld-21 ld64.lld-20 ld64.lld-19 ld64.lld-18 ld64.lld-17 ld64.lld-15
  ld64.lld)
set(linked_by_zig ${CMAKE_BINARY_DIR}/linked-by-zig)
if(NOT VOLFRAM_LD64)
  set(VOLFRAM_PLAIN_LINK ON)
  file(TOUCH ${linked_by_zig})
  return()
endif()
file(REMOVE ${linked_by_zig})
get_filename_component(zig_directory ${zig} DIRECTORY)
# Nothing of what CMake would add is taken over: this is the whole command, and any warning fails.
set(VOLFRAM_LINK_COMMAND
  "${VOLFRAM_LD64} -dylib -arch ${CMAKE_SYSTEM_PROCESSOR} -platform_version macos 11.0 11.0 \
-install_name @rpath/libvolfram.dylib -fatal_warnings -x -S -dead_strip \
-exported_symbols_list ${CMAKE_CURRENT_LIST_DIR}/../exports.list \
-o <TARGET> <OBJECTS> ${zig_directory}/lib/libc/darwin/libSystem.tbd")
