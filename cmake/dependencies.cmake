# What boltz::boltz links: xtensor (headers), a BLAS with the CBLAS interface, threads.
# Sets boltz_xtensor_target: a project's own xtensor, the system's, or the pinned download.

include("${CMAKE_CURRENT_LIST_DIR}/components.cmake")

if(NOT BOLTZ_FETCH_DEPENDENCIES MATCHES "^(AUTO|ALWAYS|NEVER)$")
  message(FATAL_ERROR "boltz: BOLTZ_FETCH_DEPENDENCIES is \"${BOLTZ_FETCH_DEPENDENCIES}\", but must be AUTO, ALWAYS or NEVER.")
endif()

boltz_find_core(boltz_missing)
if(boltz_missing)
  list(JOIN boltz_missing ", " boltz_missing)
  message(FATAL_ERROR "boltz: not found: ${boltz_missing}")
endif()

if(TARGET xtensor)
  set(boltz_xtensor_target xtensor)
  return()
endif()

if(NOT BOLTZ_FETCH_DEPENDENCIES STREQUAL "ALWAYS")
  boltz_find_xtensor()
  if(XtensorHeaders_FOUND)
    set(boltz_xtensor_target XtensorHeaders::XtensorHeaders)
    return()
  endif()
  if(BOLTZ_FETCH_DEPENDENCIES STREQUAL "NEVER")
    message(FATAL_ERROR "boltz: no xtensor 0.24 or 0.25 with its xtl on this system, and BOLTZ_FETCH_DEPENDENCIES is "
                        "NEVER. On Debian and Ubuntu: apt install libxtensor-dev")
  endif()
endif()

message(STATUS "boltz: using pinned sources of xtl 0.7.7 and xtensor 0.25.0")
# Both together or none: versions of the two that were not made for each other do not compile. Only their headers are
# used (the SOURCE_SUBDIR does not exist), so none of their options, targets and install rules reach this build.
include(FetchContent)
FetchContent_Declare(xtl
  GIT_REPOSITORY https://github.com/xtensor-stack/xtl.git
  GIT_TAG a7c1c5444dfc57f76620391af4c94785ff82c8d6 # 0.7.7
  SOURCE_SUBDIR headers-only)
FetchContent_Declare(xtensor
  GIT_REPOSITORY https://github.com/xtensor-stack/xtensor.git
  GIT_TAG 3634f2ded19e0cf38208c8b86cea9e1d7c8e397d # 0.25.0
  SOURCE_SUBDIR headers-only)
FetchContent_MakeAvailable(xtl xtensor)
FetchContent_GetProperties(xtl SOURCE_DIR boltz_xtl_source)
FetchContent_GetProperties(xtensor SOURCE_DIR boltz_xtensor_source)
add_library(boltz_fetched_xtensor INTERFACE)
target_include_directories(boltz_fetched_xtensor SYSTEM INTERFACE
  "${boltz_xtensor_source}/include" "${boltz_xtl_source}/include")
set(boltz_xtensor_target boltz_fetched_xtensor)
