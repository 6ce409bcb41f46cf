# The programs that each consumer builds, once the targets of boltz are there.

foreach(target IN ITEMS boltz::boltz boltz::io boltz::report)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "there is no target ${target}")
  endif()
endforeach()
foreach(variable IN ITEMS CMAKE_CXX_STANDARD BUILD_TESTING CMAKE_BUILD_TYPE)
  if(DEFINED ${variable} AND NOT "${${variable}}" STREQUAL "")
    message(FATAL_ERROR "boltz has set ${variable} to \"${${variable}}\"")
  endif()
endforeach()

add_executable(program ../main.cpp)
target_link_libraries(program PRIVATE boltz::boltz)
add_executable(program_with_files ../io.cpp)
target_link_libraries(program_with_files PRIVATE boltz::io boltz::report)
