# The compiler of every toolchain here: zig's, which carries the headers and the libc of them all.
# The Maven profile natives-all installs it; by hand, after npm ci in a copy of native/zig:
#   VOLFRAM_ZIG=…/node_modules/.bin/zig cmake -DCMAKE_TOOLCHAIN_FILE=native/toolchains/….cmake …
if(DEFINED ENV{VOLFRAM_ZIG})
  set(zig $ENV{VOLFRAM_ZIG})
else()
  set(zig ${CMAKE_CURRENT_LIST_DIR}/../../target/zig/node_modules/.bin/zig)
endif()
set(CMAKE_C_COMPILER ${zig} cc -target ${zig_target})
# Nothing of the machine that builds is looked at.
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
