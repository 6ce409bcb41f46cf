# xtensor 0.24 or 0.25 and the xtl beside it, as headers: XtensorHeaders::XtensorHeaders.
#
# Not through their own CMake packages: those look for optional companions (xsimd, TBB) that boltz does not use. From
# xtensor 0.26 on every header has moved, and the first search below fails as it should.

find_path(XtensorHeaders_INCLUDE_DIR xtensor/xtensor.hpp)
find_path(XtensorHeaders_XTL_INCLUDE_DIR xtl/xtl_config.hpp)
mark_as_advanced(XtensorHeaders_INCLUDE_DIR XtensorHeaders_XTL_INCLUDE_DIR)

if(XtensorHeaders_INCLUDE_DIR AND EXISTS "${XtensorHeaders_INCLUDE_DIR}/xtensor/xtensor_config.hpp")
  file(STRINGS "${XtensorHeaders_INCLUDE_DIR}/xtensor/xtensor_config.hpp" XtensorHeaders_VERSION
       REGEX "^#define XTENSOR_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
  string(REGEX REPLACE "[^0-9;]" "" XtensorHeaders_VERSION "${XtensorHeaders_VERSION}")
  string(REPLACE ";" "." XtensorHeaders_VERSION "${XtensorHeaders_VERSION}")
endif()

# A system may carry an xtl that is too old for its xtensor: only compiling the two together tells.
if(XtensorHeaders_INCLUDE_DIR AND XtensorHeaders_XTL_INCLUDE_DIR
   AND XtensorHeaders_VERSION VERSION_GREATER_EQUAL 0.24 AND XtensorHeaders_VERSION VERSION_LESS 0.26)
  set(XtensorHeaders_DIRECTORIES "${XtensorHeaders_INCLUDE_DIR}" "${XtensorHeaders_XTL_INCLUDE_DIR}")
  list(REMOVE_DUPLICATES XtensorHeaders_DIRECTORIES)
  if(NOT XtensorHeaders_COMPILED STREQUAL XtensorHeaders_DIRECTORIES)
    include(CheckCXXSourceCompiles)
    include(CMakePushCheckState)
    cmake_push_check_state(RESET)
    set(CMAKE_REQUIRED_INCLUDES "${XtensorHeaders_DIRECTORIES}")
    set(CMAKE_REQUIRED_FLAGS "${CMAKE_CXX20_STANDARD_COMPILE_OPTION}")
    set(CMAKE_REQUIRED_QUIET ON)
    unset(XtensorHeaders_COMPILES CACHE)
    check_cxx_source_compiles("#include <xtensor/xtensor.hpp>
int main() { return static_cast<int>(xt::xtensor<float, 2>::from_shape({1, 1}).size()) - 1; }" XtensorHeaders_COMPILES)
    cmake_pop_check_state()
    if(XtensorHeaders_COMPILES)
      set(XtensorHeaders_COMPILED "${XtensorHeaders_DIRECTORIES}" CACHE INTERNAL "Folders that were tried with success")
    endif()
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(XtensorHeaders
  REQUIRED_VARS XtensorHeaders_INCLUDE_DIR XtensorHeaders_XTL_INCLUDE_DIR XtensorHeaders_COMPILES
  VERSION_VAR XtensorHeaders_VERSION)

if(XtensorHeaders_FOUND AND NOT TARGET XtensorHeaders::XtensorHeaders)
  add_library(XtensorHeaders::XtensorHeaders INTERFACE IMPORTED)
  set_target_properties(XtensorHeaders::XtensorHeaders PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${XtensorHeaders_DIRECTORIES}")
endif()
