# cmake -D SCRATCH=<folder> -P umbrellas_self_test.cmake
# The umbrellas test accepts complete umbrellas and rejects one that lacks a header.

cmake_minimum_required(VERSION 3.25)

function(check of_folder of_all expected)
  file(REMOVE_RECURSE "${SCRATCH}")
  foreach(header IN ITEMS unit/a.hpp unit/part/b.hpp unit/detail/c.hpp)
    file(WRITE "${SCRATCH}/include/boltz/${header}" "#pragma once\n")
  endforeach()
  file(WRITE "${SCRATCH}/include/boltz/unit.hpp" "${of_folder}")
  file(WRITE "${SCRATCH}/include/boltz/boltz.hpp" "${of_all}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -D "ROOT=${SCRATCH}"
                          -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/umbrellas.cmake"
                  RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    set(result accepted)
  else()
    set(result rejected)
  endif()
  if(NOT result STREQUAL expected)
    message(SEND_ERROR "an umbrella of\n${of_folder}\nunder\n${of_all}\nwas ${result}, not ${expected}")
  endif()
endfunction()

set(complete "#include <boltz/unit/a.hpp>\n#include <boltz/unit/part/b.hpp>\n")
check("${complete}" "#include <boltz/unit.hpp>\n" accepted)
check("#include <boltz/unit/a.hpp>\n" "#include <boltz/unit.hpp>\n" rejected)
check("${complete}" "#include <boltz/unit/a.hpp>\n" rejected)
