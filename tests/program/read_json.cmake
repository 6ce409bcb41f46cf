# cmake -D FILE=<file of one JSON object> -D KEY=<key;key...> -P read_json.cmake
# Prints the value, and fails if the file is no JSON or has no such key.

cmake_minimum_required(VERSION 3.25)

file(READ "${FILE}" text)
string(JSON value GET "${text}" ${KEY})
execute_process(COMMAND "${CMAKE_COMMAND}" -E echo "${value}")
