# cmake -D ROOT=<project> -P floors.cmake
# Every header stands on a floor and may include only what its floor may know (docs/design.md, "Parts").

cmake_minimum_required(VERSION 3.25)

# Pattern (of the path below include/boltz), floor. The first match counts.
set(floors
  "^(version|error|draws|random)\\.hpp$" 0
  "^detail/(bfloat16|bits|blas_kernels|dispatch|index|permutation|philox|row_code|scale_reduction|simd[a-z_]*|single_thread|sizes|stroke)\\.hpp$" 0
  "^(types|states|factors)\\.hpp$" 1
  "^(clock|compute|executor)\\.hpp$" 1 # standard library only; the concepts speak about them
  "^detail/(activations|adam_step|blend|codes|linalg|elementwise|extremes|onednn_[a-z]+|packed_weights|panels|products|reductions)\\.hpp$" 2
  "^(concepts|schedule|archive)\\.hpp$" 3
  "^(unit|layer)/" 4
  "^detail/(unit_operations|check_states)\\.hpp$" 4
  "^model/" 5
  "^(inference|sampling|optimizer)/" 6
  "^(training|evaluation|data|io|problem)/" 7
  "^(pretraining|callback|report)/" 8
  "^[a-z_]+\\.hpp$" 9)

# Inside floors 0 to 5 headers may use each other; above, only within a folder. Exceptions: includer, included.
set(neighbours
  "^(inference|sampling)/" "^sampling/gibbs\\.hpp$"
  "^(io|training|evaluation|problem)/" "^data/" # readers fill and trainings take what data defines
  )

function(floor_of header variable)
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

function(is_neighbour header included variable)
  set(rest ${neighbours})
  while(rest)
    list(POP_FRONT rest from to)
    if(header MATCHES "${from}" AND included MATCHES "${to}")
      set(${variable} TRUE PARENT_SCOPE)
      return()
    endif()
  endwhile()
  set(${variable} FALSE PARENT_SCOPE)
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
  cmake_path(GET header PARENT_PATH folder)
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
    cmake_path(GET included PARENT_PATH other_folder)
    is_neighbour("${header}" "${included}" allowed)
    if(other STREQUAL "" OR other LESS floor OR allowed)
      # The concepts speak about the floors around them, but know only blocks and matrices.
      if(floor EQUAL 3 AND other EQUAL 2)
        string(APPEND errors "  ${header} (floor 3) includes ${included} (floor 2): floor 3 knows floors 0 and 1\n")
      endif()
    elseif(other EQUAL floor)
      if(floor GREATER 5 AND floor LESS 9 AND NOT folder STREQUAL other_folder)
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
