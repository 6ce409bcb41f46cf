# The tests of everything that is not a function: headers, folders, packages, scripts.

# The options with which a file that uses all of boltz is compiled, for the tests that call the compiler themselves.
# The compiler's own folders are left out: named again, they would come too early in its search.
set(compile_options "${CMAKE_CURRENT_BINARY_DIR}/compile_options.rsp")
list(JOIN CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES "|" known_folders)
string(APPEND known_folders "|${PROJECT_SOURCE_DIR}/(include|tests)")
string(REGEX REPLACE "[+.*?^$]|\\[|\\]" "." known_folders "${known_folders}") # "c++" is no regular expression
set(include_folders "$<TARGET_PROPERTY:test_main,INCLUDE_DIRECTORIES>")
set(include_folders "$<FILTER:${include_folders},EXCLUDE,^(${known_folders})$>")
set(include_folders "$<REMOVE_DUPLICATES:${include_folders}>")
set(options "$<REMOVE_DUPLICATES:$<FILTER:$<TARGET_PROPERTY:test_main,COMPILE_OPTIONS>,EXCLUDE,^$>>")
file(GENERATE OUTPUT "${compile_options}" CONTENT
"${CMAKE_CXX20_STANDARD_COMPILE_OPTION}
\"-I${PROJECT_SOURCE_DIR}/include\"
\"-I${PROJECT_SOURCE_DIR}/tests\"
$<$<BOOL:${include_folders}>:-isystem \"$<JOIN:${include_folders},\"
-isystem \">\">
$<JOIN:${options},
>
-Werror
")

# -- Every header alone ----------------------------------------------------------------------------------------------

# xtensor, which nearly all of them include, takes longer than they do: it is compiled before them, once. Headers that
# have their bodies in impl/ are tested with them and without.
set(precompiled "${CMAKE_CURRENT_BINARY_DIR}/precompiled")
file(WRITE "${precompiled}/xtensor.hpp" "#include <xtensor/xtensor.hpp>\n")
set(suffix pch)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(suffix gch)
endif()
add_test(NAME "headers: xtensor, precompiled" COMMAND "${CMAKE_CXX_COMPILER}" "@${compile_options}" -x c++-header
  "${precompiled}/xtensor.hpp" -o "${precompiled}/xtensor.hpp.${suffix}")
set_tests_properties("headers: xtensor, precompiled" PROPERTIES LABELS package FIXTURES_SETUP precompiled)

function(add_header_test name header)
  add_test(NAME "${name}: ${header}" COMMAND "${CMAKE_CXX_COMPILER}" "@${compile_options}"
    -include "${precompiled}/xtensor.hpp" ${ARGN} -fsyntax-only -x c++ -include "${header}" /dev/null)
  set_tests_properties("${name}: ${header}" PROPERTIES LABELS package FIXTURES_REQUIRED precompiled)
endfunction()

get_target_property(headers boltz HEADER_SET)
list(FILTER headers EXCLUDE REGEX "/boltz/impl/|/instantiate\\.hpp$")
if(NOT TARGET boltz::onednn)
  list(FILTER headers EXCLUDE REGEX "onednn")
endif()
foreach(header IN LISTS headers)
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/include" OUTPUT_VARIABLE name)
  add_header_test("header" "${name}")
  file(STRINGS "${header}" conditions REGEX "^#if.* BOLTZ_COMPILED")
  if(conditions)
    add_header_test("header without bodies" "${name}" -DBOLTZ_COMPILED)
  endif()
endforeach()

add_test(NAME "headers: an older language is named once" COMMAND "${CMAKE_COMMAND}"
  -D "COMPILER=${CMAKE_CXX_COMPILER}" -D "OPTIONS=${compile_options}" -D "HEADERS=${PROJECT_SOURCE_DIR}/include"
  -P "${CMAKE_CURRENT_LIST_DIR}/language.cmake")
set_tests_properties("headers: an older language is named once" PROPERTIES LABELS package)

add_test(NAME "headers: umbrellas are complete" COMMAND "${CMAKE_COMMAND}"
  -D "ROOT=${PROJECT_SOURCE_DIR}" -P "${CMAKE_CURRENT_LIST_DIR}/umbrellas.cmake")
add_test(NAME "headers: an incomplete umbrella is found" COMMAND "${CMAKE_COMMAND}"
  -D "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/umbrellas" -P "${CMAKE_CURRENT_LIST_DIR}/umbrellas_self_test.cmake")
set_tests_properties("headers: umbrellas are complete" "headers: an incomplete umbrella is found" PROPERTIES
  LABELS package)

# -- The compiled library --------------------------------------------------------------------------------------------

if(NOT BOLTZ_TEST_BASE_KERNELS) # which are those of the library only
  foreach(form IN ITEMS boltz compiled)
    add_executable(same_bits_${form} "${CMAKE_CURRENT_LIST_DIR}/same_bits.cpp")
    target_link_libraries(same_bits_${form} PRIVATE boltz::${form} boltz::io boltz::report boltz_developer)
  endforeach()
  add_test(NAME "compiled: the same bits" COMMAND "${CMAKE_COMMAND}"
    -D "PROGRAMS=$<TARGET_FILE:same_bits_boltz>;$<TARGET_FILE:same_bits_compiled>"
    -P "${CMAKE_CURRENT_LIST_DIR}/same_output.cmake")
  set_tests_properties("compiled: the same bits" PROPERTIES LABELS package ENVIRONMENT OPENBLAS_NUM_THREADS=1)
endif()

# -- Floors ----------------------------------------------------------------------------------------------------------

add_test(NAME "floors" COMMAND "${CMAKE_COMMAND}"
  -D "ROOT=${PROJECT_SOURCE_DIR}" -P "${CMAKE_CURRENT_LIST_DIR}/floors.cmake")
add_test(NAME "floors: a wrong include is found" COMMAND "${CMAKE_COMMAND}"
  -D "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/floors" -P "${CMAKE_CURRENT_LIST_DIR}/floors_self_test.cmake")
set_tests_properties("floors" "floors: a wrong include is found" PROPERTIES LABELS package)

# -- Code that must not compile --------------------------------------------------------------------------------------

file(GLOB sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/must_not_compile/*.cpp")
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  add_test(NAME "must not compile: ${name}" COMMAND "${CMAKE_COMMAND}"
    -D "COMPILER=${CMAKE_CXX_COMPILER}" -D "OPTIONS=${compile_options}" -D "SOURCE=${source}"
    -P "${CMAKE_CURRENT_LIST_DIR}/must_not_compile.cmake")
  set_tests_properties("must not compile: ${name}" PROPERTIES LABELS package)
endforeach()

# -- Consumers -------------------------------------------------------------------------------------------------------

# What this build was told about its surroundings, so that the consumers find the same.
set(consumer_cache "set(CMAKE_CXX_COMPILER [==[${CMAKE_CXX_COMPILER}]==] CACHE FILEPATH \"\")\n")
foreach(variable IN ITEMS CMAKE_CXX_FLAGS CMAKE_CXX_COMPILER_LAUNCHER CMAKE_PREFIX_PATH CMAKE_MODULE_PATH
                          CMAKE_MAKE_PROGRAM BLA_VENDOR
                          BOLTZ_FETCH_DEPENDENCIES XtensorHeaders_INCLUDE_DIR XtensorHeaders_XTL_INCLUDE_DIR
                          BOLTZ_ONEDNN_INCLUDE_DIR BOLTZ_ONEDNN_LIBRARY)
  if(DEFINED CACHE{${variable}} AND NOT "$CACHE{${variable}}" MATCHES "NOTFOUND$")
    string(APPEND consumer_cache "set(${variable} [==[$CACHE{${variable}}]==] CACHE STRING \"\")\n")
  endif()
endforeach()
if(boltz_xtensor_source)
  string(APPEND consumer_cache
    "set(FETCHCONTENT_SOURCE_DIR_XTL [==[${boltz_xtl_source}]==] CACHE PATH \"\")\n"
    "set(FETCHCONTENT_SOURCE_DIR_XTENSOR [==[${boltz_xtensor_source}]==] CACHE PATH \"\")\n")
endif()
file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/consumer_cache.cmake" "${consumer_cache}")

foreach(consumer IN ITEMS find_package fetch_content add_subdirectory)
  if(consumer STREQUAL "find_package" AND (boltz_xtensor_source OR NOT BOLTZ_INSTALL))
    continue() # an installed boltz looks for an installed xtensor
  endif()
  add_test(NAME "consumer: ${consumer}" COMMAND "${CMAKE_COMMAND}"
    -D "CONSUMER=${consumer}" -D "ROOT=${PROJECT_SOURCE_DIR}" -D "GENERATOR=${CMAKE_GENERATOR}"
    -D "CACHE=${CMAKE_CURRENT_BINARY_DIR}/consumer_cache.cmake"
    -D "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/consumers" -D "ONEDNN=$<TARGET_EXISTS:boltz::onednn>"
    -P "${PROJECT_SOURCE_DIR}/tests/consumers/run.cmake")
  set_tests_properties("consumer: ${consumer}" PROPERTIES LABELS package ENVIRONMENT OPENBLAS_NUM_THREADS=1
    SKIP_REGULAR_EXPRESSION "skipped: ")
endforeach()

# -- Scripts ---------------------------------------------------------------------------------------------------------

find_program(boltz_python python3)
mark_as_advanced(boltz_python)
foreach(case IN ITEMS good fallback complete wrong_hash)
  set(command "${CMAKE_COMMAND}"
    -D "CASE=${case}" -D "SCRIPT=${PROJECT_SOURCE_DIR}/cmake/fetch_mnist.cmake"
    -D "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/fetch_mnist/${case}" -P "${CMAKE_CURRENT_LIST_DIR}/fetch_mnist_test.cmake")
  if(boltz_python)
    list(PREPEND command "${boltz_python}" "${CMAKE_CURRENT_LIST_DIR}/with_http_server.py"
      "${CMAKE_CURRENT_BINARY_DIR}/fetch_mnist/${case}")
  endif()
  add_test(NAME "fetch_mnist: ${case}" COMMAND ${command})
  set_tests_properties("fetch_mnist: ${case}" PROPERTIES LABELS package)
endforeach()

add_test(NAME "documentation: code blocks are the compiled snippets" COMMAND "${CMAKE_COMMAND}"
  -D "ROOT=${PROJECT_SOURCE_DIR}" -P "${CMAKE_CURRENT_LIST_DIR}/check_snippets.cmake")
add_test(NAME "documentation: a wrong code block is found" COMMAND "${CMAKE_COMMAND}"
  -D "SCRATCH=${CMAKE_CURRENT_BINARY_DIR}/snippets" -P "${CMAKE_CURRENT_LIST_DIR}/check_snippets_self_test.cmake")
set_tests_properties("documentation: code blocks are the compiled snippets" "documentation: a wrong code block is found"
  PROPERTIES LABELS package)
