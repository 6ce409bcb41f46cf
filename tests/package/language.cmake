# cmake -D COMPILER=... -D OPTIONS=<response file> -D HEADERS=<folder with boltz/> -P language.cmake
# Every header, included alone in a program of an older language, says in its first error which one boltz needs; the
# second ends the compilation.

cmake_minimum_required(VERSION 3.25)

set(ENV{LC_ALL} C)
file(GLOB_RECURSE headers RELATIVE "${HEADERS}" "${HEADERS}/boltz/*.hpp")
list(FILTER headers EXCLUDE REGEX "^boltz/impl/|/instantiate\\.hpp$") # a user does not include these
if(NOT headers)
  message(FATAL_ERROR "no headers below ${HEADERS}/boltz")
endif()
set(wrong "")
foreach(header IN LISTS headers)
  execute_process(COMMAND "${COMPILER}" "@${OPTIONS}" -std=c++17 -fsyntax-only -x c++ -include "${header}" /dev/null
                  RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE output)
  string(REGEX MATCHALL "error: [^\n]*" errors "${output}")
  list(LENGTH errors count)
  set(named "^error: [^;]*boltz needs C\\+\\+20: give the compiler -std=c\\+\\+20")
  if(result EQUAL 0 OR NOT count EQUAL 2 OR NOT errors MATCHES "${named}")
    set(first "none")
    if(errors)
      list(GET errors 0 first)
    endif()
    string(APPEND wrong "  ${header}: ${count} errors, the first is: ${first}\n")
  endif()
endforeach()
if(wrong)
  message(FATAL_ERROR "With -std=c++17:\n${wrong}")
endif()
