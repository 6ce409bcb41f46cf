# cmake -D "PROGRAMS=a;b" -P same_output.cmake
# Two programs must print the same, and something.

cmake_minimum_required(VERSION 3.25)

foreach(i RANGE 1)
  list(GET PROGRAMS ${i} program)
  execute_process(COMMAND "${program}" OUTPUT_VARIABLE output_${i} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
string(LENGTH "${output_0}" length)
if(length LESS 1000)
  message(FATAL_ERROR "${PROGRAMS}: only ${length} characters of output")
endif()
if(NOT output_0 STREQUAL output_1)
  message(FATAL_ERROR "${PROGRAMS} print different things")
endif()
message(STATUS "${length} characters of output are the same")
