# cmake -D SCRATCH=<folder> -P check_snippets_self_test.cmake
# The check of the documentation's code blocks accepts a right page and rejects each wrong one.

cmake_minimum_required(VERSION 3.25)

function(check expected page)
  file(REMOVE_RECURSE "${SCRATCH}")
  file(WRITE "${SCRATCH}/docs/snippets/a.cpp" [==[
// [types]
struct A { int x[2]; };
// [types]
int main() {
    // [body]
    A a{{1, 2}};

    if (a.x[0] == 1) {
        return 0; // "quoted; \n"
    }
    // [body]
    return 1;
}
]==])
  file(WRITE "${SCRATCH}/examples/b.cpp" "// [all]\nint b;\n// [all]\n")
  file(WRITE "${SCRATCH}/docs/page.md" "${page}")
  execute_process(COMMAND "${CMAKE_COMMAND}" -D "ROOT=${SCRATCH}"
                          -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_snippets.cmake"
                  RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(result EQUAL 0)
    set(result accepted)
  else()
    set(result rejected)
  endif()
  if(NOT result STREQUAL expected)
    message(SEND_ERROR "this page was ${result}, not ${expected}:\n${page}")
  endif()
endfunction()

set(good [==[
Text; with [brackets].
<!-- snippet: a.cpp types -->
```cpp
struct A { int x[2]; };
```
More.

<!-- snippet: a.cpp body -->
```cpp
A a{{1, 2}};

if (a.x[0] == 1) {
    return 0; // "quoted; \n"
}
```
```sh
sh tests/run.sh
```
<!-- snippet: examples/b.cpp all -->
```cpp
int b;
```
<!-- not compiled: shows a mistake -->
```cpp
auto x = y;
```
]==])

check(accepted "${good}")
foreach(change IN ITEMS "int x[2]@int x[3]" "quoted@quoted," "a{{1, 2}}@a{{1,2}}" "    return@   return" "cpp body@cpp corpus"
                        "a.cpp types@c.cpp types" "<!-- snippet: a.cpp types -->@" "not compiled: shows@perhaps")
  string(REGEX MATCH "^(.*)@(.*)$" change "${change}")
  string(REPLACE "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}" bad "${good}")
  if(bad STREQUAL good)
    message(SEND_ERROR "the change \"${change}\" changes nothing")
  endif()
  check(rejected "${bad}")
endforeach()
