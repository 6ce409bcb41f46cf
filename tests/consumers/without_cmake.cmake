# cmake -D ROOT=<project> -D SCRATCH=<folder> -D ONEDNN=<whether there is oneDNN> -P without_cmake.cmake
# Compiles and runs the program that README.md begins with, by the line that README.md prints, and says nothing of its
# headers with the usual warnings on; with oneDNN as README.md describes it.

cmake_minimum_required(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/readme.cmake")

readme_block(sh 1 line)
string(STRIP "${line}" line)
file(REMOVE_RECURSE "${SCRATCH}")
file(MAKE_DIRECTORY "${SCRATCH}")
file(CREATE_LINK "${ROOT}" "${SCRATCH}/boltz" SYMBOLIC)

function(compile_and_run line)
  execute_process(COMMAND sh -c "${line} && ./a.out" WORKING_DIRECTORY "${SCRATCH}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# What check_snippets.cmake compares with README.md.
file(COPY_FILE "${ROOT}/docs/snippets/readme.cpp" "${SCRATCH}/program.cpp")
compile_and_run("${line} -Wall -Wextra -Wpedantic -Werror")
foreach(file IN ITEMS run.npz samples.png digits.npz)
  if(NOT EXISTS "${SCRATCH}/${file}")
    message(FATAL_ERROR "the program has not written ${file}")
  endif()
endforeach()

if(ONEDNN)
  file(READ "${ROOT}/README.md" text)
  if(NOT text MATCHES "`(#include <boltz/onednn.hpp>)` in one source file and `(-ldnnl)`")
    message(FATAL_ERROR "README.md, Use it: there are no words for oneDNN without CMake")
  endif()
  set(include "${CMAKE_MATCH_1}")
  set(library "${CMAKE_MATCH_2}")
  file(READ "${ROOT}/tests/consumers/products.cpp" text)
  file(WRITE "${SCRATCH}/program.cpp" "${include}\n${text}")
  compile_and_run("${line} ${library}")
endif()

# The page that begins with the same line.
string(REPLACE "program.cpp" "quick_start.cpp" line "${line}")
file(READ "${ROOT}/docs/quick_start.md" text)
string(FIND "${text}" "\n${line}\n" found)
if(found EQUAL -1)
  message(FATAL_ERROR "docs/quick_start.md does not print: ${line}")
endif()
