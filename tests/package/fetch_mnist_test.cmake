# cmake -D CASE=... -D SCRIPT=fetch_mnist.cmake -D SCRATCH=<folder> -P fetch_mnist_test.cmake
# Runs the download against a mirror below SCRATCH: over HTTP when BOLTZ_TEST_URL names a server of that folder, else
# through file URLs.

cmake_minimum_required(VERSION 3.25)

foreach(folder IN ITEMS mirror liar out)
  file(REMOVE_RECURSE "${SCRATCH}/${folder}")
endforeach()
file(WRITE "${SCRATCH}/mirror/images.gz" "these are the images")
file(WRITE "${SCRATCH}/mirror/labels.gz" "these are the labels")
file(WRITE "${SCRATCH}/liar/images.gz" "these are the images")
file(WRITE "${SCRATCH}/liar/labels.gz" "<html>Please log in.</html>")
foreach(name IN ITEMS images labels)
  file(SHA256 "${SCRATCH}/mirror/${name}.gz" sha256)
  list(APPEND files "${name}.gz=${sha256}")
endforeach()

set(base "$ENV{BOLTZ_TEST_URL}")
if(NOT base)
  set(base "file://${SCRATCH}")
endif()
set(dead "http://127.0.0.1:9/mnist/") # the discard port: nobody listens

function(fetch mirrors variable)
  execute_process(COMMAND "${CMAKE_COMMAND}" -D "OUT=${SCRATCH}/out" -D "MIRRORS=${mirrors}" -D "FILES=${files}"
                          -P "${SCRIPT}"
                  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(${variable} "${result}" PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_files)
  file(GLOB found RELATIVE "${SCRATCH}/out" "${SCRATCH}/out/*")
  if(NOT found STREQUAL "${ARGN}")
    message(FATAL_ERROR "the folder holds \"${found}\", not \"${ARGN}\". Output:\n${output}")
  endif()
endfunction()

if(CASE STREQUAL "good")
  fetch("${base}/mirror/" result)
  expect_files(images.gz labels.gz)
elseif(CASE STREQUAL "fallback")
  fetch("${dead};${base}/nowhere;${base}/liar;${base}/mirror" result)
  expect_files(images.gz labels.gz)
elseif(CASE STREQUAL "complete")
  file(COPY "${SCRATCH}/mirror/" DESTINATION "${SCRATCH}/out")
  fetch("${dead}" result)
  expect_files(images.gz labels.gz)
elseif(CASE STREQUAL "wrong_hash")
  list(POP_FRONT files) # the lying mirror's images are right
  fetch("${base}/liar" result)
  if(result EQUAL 0)
    message(FATAL_ERROR "a file with the wrong hash was accepted:\n${output}")
  endif()
  if(NOT output MATCHES "sent something else than labels.gz")
    message(FATAL_ERROR "the message does not name the reason:\n${output}")
  endif()
  expect_files()
  set(result 0)
endif()
if(NOT result EQUAL 0)
  message(FATAL_ERROR "failed:\n${output}")
endif()
