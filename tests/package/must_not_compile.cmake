# cmake -D COMPILER=... -D OPTIONS=<response file> -D SOURCE=x.cpp -P must_not_compile.cmake
# The source must fail to compile with the message of its first line, "// expect: <regex>", and must compile with
# POSITIVE_CONTROL defined: so it fails for its own reason and not for a misspelt include.

cmake_minimum_required(VERSION 3.25)

file(STRINGS "${SOURCE}" first_line LIMIT_COUNT 1)
if(NOT first_line MATCHES "^// expect: (.+)$")
  message(FATAL_ERROR "${SOURCE}: the first line must be \"// expect: <regular expression>\"")
endif()
set(expected "${CMAKE_MATCH_1}")

set(compile "${COMPILER}" "@${OPTIONS}" -fsyntax-only -DBOLTZ_COMPILED) # what refuses is no body

execute_process(COMMAND ${compile} -DPOSITIVE_CONTROL "${SOURCE}" RESULT_VARIABLE result OUTPUT_VARIABLE output
                ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${SOURCE}: does not compile with POSITIVE_CONTROL:\n${output}")
endif()

execute_process(COMMAND ${compile} "${SOURCE}" RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "${SOURCE}: compiles, but should not")
endif()
if(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "${SOURCE}: the message does not match \"${expected}\":\n${output}")
endif()
