# cmake -D CONSUMER=<folder> -D ROOT=<project> -D BUILD=<its build> -D GENERATOR=... -D CACHE=<initial cache>
#       -D SCRATCH=<folder> -D ONEDNN=<whether there must be boltz::onednn> -P run.cmake
# Configures, builds and runs one consumer from nothing.

cmake_minimum_required(VERSION 3.25)

set(build "${SCRATCH}/${CONSUMER}")
set(prefix "${SCRATCH}/${CONSUMER}_prefix")
file(REMOVE_RECURSE "${build}" "${prefix}")

unset(ENV{CMAKE_BUILD_TYPE}) # the consumers check that nobody sets a build type

set(where)
if(CONSUMER STREQUAL "find_package")
  execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}" OUTPUT_QUIET
                  COMMAND_ERROR_IS_FATAL ANY)
  set(where -D "boltz_ROOT=${prefix}")
elseif(CONSUMER STREQUAL "fetch_content")
  set(where -D "FETCHCONTENT_SOURCE_DIR_BOLTZ=${ROOT}")
else()
  set(where -D "BOLTZ_SOURCE=${ROOT}")
endif()

execute_process(COMMAND "${CMAKE_COMMAND}" -S "${ROOT}/tests/consumers/${CONSUMER}" -B "${build}" -G "${GENERATOR}"
                        -C "${CACHE}" ${where}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${build}" COMMAND_ERROR_IS_FATAL ANY)
set(programs program program_with_files)
if(ONEDNN)
  list(APPEND programs program_with_onednn)
endif()
foreach(program IN LISTS programs)
  execute_process(COMMAND "${build}/${program}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
