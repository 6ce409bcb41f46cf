# cmake -D ROOT=<project> -P floors.cmake
# Every header stands on a floor and may include only what its floor may know (docs/design.md, "Parts").

cmake_minimum_required(VERSION 3.25)

# Pattern (of the path below include/boltz), floor. The first match counts.
set(floors
  "^(version|error|draws|random|layer_set|clock|compute|executor)\\.hpp$" 0
  "^detail/(bfloat16|bits|blas_kernels|dispatch|function_ref|index|instantiate|permutation|philox|row_code|scale_reduction|simd[a-z_]*|single_thread|sizes|stroke)\\.hpp$" 0
  "^(types|archive|graph|factors|states|schedule)\\.hpp$" 1
  "^detail/(activations|adam_step|blend|codes|linalg|elementwise|extremes|onednn_[a-z]+|packed_weights|panels|reductions)\\.hpp$" 2
  "^unit/" 3
  "^detail/unit_operations\\.hpp$" 3
  "^(concepts|any_field)\\.hpp$" 4
  "^layer/" 4
  "^detail/check_states\\.hpp$" 4
  "^data/" 5
  "^model/" 6
  "^detail/(products|packed_parameters)\\.hpp$" 6
  "^(inference|sampling|optimizer)/" 7
  "^(training|evaluation|io|problem)/" 8
  "^(pretraining|callback|report)/" 9
  "^[a-z_]+\\.hpp$" 10)

# Inside floors 0 to 6 headers may use each other; above, only within a folder and the folders in it.

# A body stands where its declaration does.
function(floor_of header variable)
  string(REGEX REPLACE "^impl/" "" header "${header}")
  set(rest ${floors})
  while(rest)
    list(POP_FRONT rest pattern floor)
    if(header MATCHES "${pattern}")
      set(${variable} "${floor}" PARENT_SCOPE)
      return()
    endif()
  endwhile()
  set(${variable} "" PARENT_SCOPE)
endfunction()

set(errors "")
file(GLOB_RECURSE headers RELATIVE "${ROOT}/include/boltz" "${ROOT}/include/boltz/*.hpp")
if(NOT headers)
  message(FATAL_ERROR "no headers below ${ROOT}/include/boltz")
endif()
foreach(header IN LISTS headers)
  floor_of("${header}" floor)
  if(floor STREQUAL "")
    string(APPEND errors "  ${header} stands on no floor\n")
    continue()
  endif()
  string(REGEX REPLACE "^impl/" "" folder "${header}")
  string(REGEX REPLACE "/.*" "" folder "${folder}")
  file(STRINGS "${ROOT}/include/boltz/${header}" includes REGEX "^[ \t]*#[ \t]*include")
  foreach(line IN LISTS includes)
    if(line MATCHES "include[ \t]*\"")
      string(APPEND errors "  ${header}: own headers are included as <boltz/...>, not with quotes\n")
    endif()
    if(NOT line MATCHES "<boltz/([^>]+)>")
      continue()
    endif()
    set(included "${CMAKE_MATCH_1}")
    if(NOT EXISTS "${ROOT}/include/boltz/${included}")
      string(APPEND errors "  ${header} includes ${included}, which does not exist\n")
      continue()
    endif()
    floor_of("${included}" other)
    string(REGEX REPLACE "^impl/" "" other_folder "${included}")
    string(REGEX REPLACE "/.*" "" other_folder "${other_folder}")
    if(other STREQUAL "" OR other LESS floor)
      continue()
    elseif(other EQUAL floor)
      if(floor GREATER 6 AND floor LESS 10 AND NOT folder STREQUAL other_folder)
        string(APPEND errors "  ${header} includes ${included}, a neighbour on floor ${floor}\n")
      endif()
    else()
      string(APPEND errors "  ${header} (floor ${floor}) includes ${included} (floor ${other})\n")
    endif()
  endforeach()
endforeach()

if(errors)
  message(FATAL_ERROR "Headers know more than their floor allows:\n${errors}")
endif()
