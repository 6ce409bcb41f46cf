# cmake -D ROOT=<project> -P umbrellas.cmake
# <boltz/FOLDER.hpp> includes every header of the folder, and <boltz/boltz.hpp> every <boltz/FOLDER.hpp>.

cmake_minimum_required(VERSION 3.25)

# Headers that the umbrella of their folder leaves out: they need another component, or cost every user compile time.
set(left_out callback/best_checkpoint.hpp callback/checkpoint.hpp io/any_machine_file.hpp)

function(check umbrella)
  if(NOT EXISTS "${ROOT}/include/boltz/${umbrella}")
    message(SEND_ERROR "there is no ${umbrella}")
    return()
  endif()
  file(STRINGS "${ROOT}/include/boltz/${umbrella}" lines REGEX "^#include <boltz/")
  list(TRANSFORM lines REPLACE "^#include <boltz/(.*)>$" "\\1")
  foreach(header IN LISTS ARGN)
    if(NOT header IN_LIST lines AND NOT header IN_LIST left_out)
      message(SEND_ERROR "${umbrella} does not include ${header}")
    endif()
  endforeach()
endfunction()

set(umbrellas "")
file(GLOB folders RELATIVE "${ROOT}/include/boltz" "${ROOT}/include/boltz/*")
foreach(folder IN LISTS folders)
  if(NOT IS_DIRECTORY "${ROOT}/include/boltz/${folder}" OR folder MATCHES "^(detail|impl)$")
    continue()
  endif()
  file(GLOB_RECURSE headers RELATIVE "${ROOT}/include/boltz" "${ROOT}/include/boltz/${folder}/*.hpp")
  list(FILTER headers EXCLUDE REGEX "/detail/")
  check("${folder}.hpp" ${headers})
  list(APPEND umbrellas "${folder}.hpp")
endforeach()
check(boltz.hpp ${umbrellas})
