set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(zig_target aarch64-linux-musl -dynamic) # or musl itself would be compiled, for every check
include(${CMAKE_CURRENT_LIST_DIR}/zig.cmake)
