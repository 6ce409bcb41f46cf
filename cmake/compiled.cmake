# boltz::compiled: a static library of the bodies in include/boltz/impl, for float and double. Whoever links it compiles
# declarations only; nothing else changes.

# One source a folder of impl/, in the build folder; those of components that are missing here are left out.
file(GLOB_RECURSE boltz_bodies CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include"
     "${PROJECT_SOURCE_DIR}/include/boltz/impl/*.hpp")
foreach(component IN ITEMS io report)
  if(NOT TARGET boltz::${component})
    list(FILTER boltz_bodies EXCLUDE REGEX "^boltz/impl/${component}/")
  endif()
endforeach()
set(boltz_body_folders)
foreach(body IN LISTS boltz_bodies)
  cmake_path(GET body PARENT_PATH folder)
  string(REGEX REPLACE "^boltz/|/" "_" folder "${folder}") # boltz/impl/unit: _impl_unit
  list(APPEND boltz_body_folders "${folder}")
  string(APPEND boltz_bodies_of_${folder} "#include <${body}>\n")
endforeach()
list(REMOVE_DUPLICATES boltz_body_folders)
set(boltz_compiled_sources)
foreach(folder IN LISTS boltz_body_folders)
  set(source "${PROJECT_BINARY_DIR}/compiled${folder}.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "${boltz_bodies_of_${folder}}" @ONLY)
  list(APPEND boltz_compiled_sources "${source}")
endforeach()

# It is built where something links it; by itself only where boltz is installed from.
add_library(boltz_compiled STATIC ${boltz_compiled_sources})
add_library(boltz::compiled ALIAS boltz_compiled)
set_target_properties(boltz_compiled PROPERTIES
  EXPORT_NAME compiled POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF EXCLUDE_FROM_ALL ON)
target_compile_definitions(boltz_compiled PUBLIC BOLTZ_COMPILED PRIVATE BOLTZ_COMPILING)
target_link_libraries(boltz_compiled
  PUBLIC boltz "$<TARGET_NAME_IF_EXISTS:boltz_io>" "$<TARGET_NAME_IF_EXISTS:boltz_report>"
  PRIVATE "$<BUILD_INTERFACE:$<TARGET_NAME_IF_EXISTS:boltz_developer>>")
