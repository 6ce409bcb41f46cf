# cmake [-D OUT=<folder>] [-D MIRRORS=<url>;<url>] [-D FILES=<name>=<sha256>;...] -P fetch_mnist.cmake
# Downloads the four files of MNIST into OUT (default: data/mnist in the current folder), from the first mirror that has
# them. A file appears under its name only when its SHA-256 is right; files that are already there and right are kept.
# Ends with an error when a file could not be had.

cmake_minimum_required(VERSION 3.25)

if(NOT OUT)
  set(OUT data/mnist)
endif()
cmake_path(ABSOLUTE_PATH OUT NORMALIZE)
if(NOT MIRRORS)
  set(MIRRORS
    https://ossci-datasets.s3.amazonaws.com/mnist/
    https://storage.googleapis.com/cvdf-datasets/mnist/)
endif()
if(NOT FILES)
  set(FILES
    train-images-idx3-ubyte.gz=440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609
    train-labels-idx1-ubyte.gz=3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c
    t10k-images-idx3-ubyte.gz=8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6
    t10k-labels-idx1-ubyte.gz=f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6)
endif()

# Right: the file is there with the right contents.
function(has_contents file sha256 variable)
  set(${variable} FALSE PARENT_SCOPE)
  if(EXISTS "${file}")
    file(SHA256 "${file}" found)
    if(found STREQUAL sha256)
      set(${variable} TRUE PARENT_SCOPE)
    endif()
  endif()
endfunction()

set(dead_mirrors)
foreach(entry IN LISTS FILES)
  string(REGEX MATCH "^(.+)=([0-9a-f]+)$" entry "${entry}")
  set(name "${CMAKE_MATCH_1}")
  set(sha256 "${CMAKE_MATCH_2}")
  has_contents("${OUT}/${name}" "${sha256}" have)
  if(have)
    continue()
  endif()
  set(partial "${OUT}/${name}.part")
  set(reasons "")
  foreach(mirror IN LISTS MIRRORS)
    if(mirror IN_LIST dead_mirrors)
      string(APPEND reasons "\n  ${mirror}: not asked again")
      continue()
    endif()
    string(REGEX REPLACE "/$" "" url "${mirror}")
    string(APPEND url "/${name}")
    message(STATUS "Downloading ${url}")
    file(DOWNLOAD "${url}" "${partial}" STATUS status INACTIVITY_TIMEOUT 10 TIMEOUT 120 TLS_VERIFY ON)
    list(POP_FRONT status code)
    if(NOT code EQUAL 0)
      string(APPEND reasons "\n  ${mirror}: ${status}")
      list(APPEND dead_mirrors "${mirror}")
      continue()
    endif()
    has_contents("${partial}" "${sha256}" have)
    if(have)
      file(RENAME "${partial}" "${OUT}/${name}")
      break()
    endif()
    string(APPEND reasons "\n  ${mirror}: sent something else than ${name}")
  endforeach()
  file(REMOVE "${partial}")
  if(NOT have)
    message(FATAL_ERROR "Could not download ${name}:${reasons}")
  endif()
endforeach()
