# cmake -D CONSUMER=<folder> -D ROOT=<project> -D GENERATOR=... -D CACHE=<initial cache> -D SCRATCH=<folder>
#       -D ONEDNN=<whether there must be boltz::onednn> -P run.cmake
# Configures, builds and runs one consumer from nothing, by the lines that README.md prints.

cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/readme.cmake")

set(scratch "${SCRATCH}/${CONSUMER}")
set(build "${scratch}/${CONSUMER}/build")
file(REMOVE_RECURSE "${scratch}")
file(COPY "${ROOT}/tests/consumers/" DESTINATION "${scratch}")

readme_block(cmake 0 ways)
readme_block(cmake 1 link)
set(where)
if(CONSUMER STREQUAL "find_package")
  alternative("${ways}" "find_package" lines)
  readme_block(sh 0 install)
  file(CREATE_LINK "${ROOT}" "${scratch}/boltz" SYMBOLIC)
  fill_in(install "cmake -S" "\"${CMAKE_COMMAND}\" -G \"${GENERATOR}\" -C \"${CACHE}\" -S")
  fill_in(install "cmake --install" "\"${CMAKE_COMMAND}\" --install")
  set(ENV{DESTDIR} "${scratch}/destination") # of files that are otherwise for /usr/local
  execute_process(COMMAND sh -c "${install}" WORKING_DIRECTORY "${scratch}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
  unset(ENV{DESTDIR})
  set(where -D "boltz_ROOT=${scratch}/destination/usr/local")
elseif(CONSUMER STREQUAL "fetch_content")
  alternative("${ways}" "FetchContent" lines)
  find_program(git git)
  if(NOT git OR NOT EXISTS "${ROOT}/.git")
    message("skipped: there is no git, or the sources are no clone")
    return()
  endif()
  # The files of the clone as they are now, committed to a repository of their own.
  set(repository "${scratch}/boltz.git")
  set(git_there "${git}" -c user.name=boltz -c user.email=boltz@example.invalid -c commit.gpgsign=false
      -c core.hooksPath=/dev/null "--git-dir=${repository}" "--work-tree=${ROOT}")
  execute_process(COMMAND "${git}" init --quiet --bare "${repository}" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND "${git}" -C "${ROOT}" ls-files -z
                  COMMAND ${git_there} add --pathspec-from-file=- --pathspec-file-nul
                  WORKING_DIRECTORY "${ROOT}" COMMAND_ERROR_IS_FATAL ANY) # names count from the working directory
  execute_process(COMMAND ${git_there} commit --quiet -m "The sources under test" COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${git_there} rev-parse HEAD OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  fill_in(lines "<address of this repository>" "\"${repository}\"")
  fill_in(lines "<a commit>" "${commit}")
else()
  alternative("${ways}" "add_subdirectory" lines)
  file(MAKE_DIRECTORY "${scratch}/${CONSUMER}/third_party")
  file(CREATE_LINK "${ROOT}" "${scratch}/${CONSUMER}/third_party/boltz" SYMBOLIC)
endif()
file(WRITE "${scratch}/use_boltz.cmake" "${lines}")
file(WRITE "${scratch}/link_boltz.cmake" "${link}")

# Configures with a build type, or none; output: what is said.
function(configure build_type output_variable)
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${scratch}/${CONSUMER}" -B "${build}" -G "${GENERATOR}" -C "${CACHE}"
                          "-DCMAKE_BUILD_TYPE=${build_type}" "-DBUILD_TYPE=${build_type}" ${where}
                  OUTPUT_VARIABLE output ERROR_VARIABLE output ECHO_OUTPUT_VARIABLE ECHO_ERROR_VARIABLE
                  COMMAND_ERROR_IS_FATAL ANY)
  set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

configure(Release output)
if(output MATCHES "CMAKE_BUILD_TYPE")
  message(FATAL_ERROR "a build type is there, but is asked for")
endif()
configure("" output)
string(REGEX MATCHALL "CMAKE_BUILD_TYPE is empty" notes "${output}")
file(STRINGS "${CACHE}" optimised REGEX "CMAKE_CXX_FLAGS .* ?-O")
if(NOT notes STREQUAL "CMAKE_BUILD_TYPE is empty" AND NOT optimised AND NOT GENERATOR MATCHES "Multi-Config")
  message(FATAL_ERROR "that there is no build type must be said once, not: '${notes}'")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${build}" COMMAND_ERROR_IS_FATAL ANY)
set(programs program my_program)
if(CONSUMER STREQUAL "find_package")
  list(APPEND programs program_with_library)
endif()
if(ONEDNN)
  list(APPEND programs program_with_onednn)
endif()
foreach(program IN LISTS programs)
  execute_process(COMMAND "${build}/${program}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
