# boltz::compiled: a static library of the bodies in include/boltz/impl, for float and double. Who links it compiles
# declarations only; nothing else changes. It is built by whoever links it, with the flags of that build: the installed
# package has no library, but this file.

include_guard(GLOBAL)

# `include_folder` has boltz/; bodies of components that are missing here are left out.
function(boltz_add_compiled include_folder)
  file(GLOB_RECURSE bodies CONFIGURE_DEPENDS RELATIVE "${include_folder}" "${include_folder}/boltz/impl/*.hpp")
  foreach(component IN ITEMS io report)
    if(NOT TARGET boltz::${component})
      list(FILTER bodies EXCLUDE REGEX "^boltz/impl/${component}/")
    endif()
  endforeach()

  # One source a folder, in the build folder.
  set(folders)
  foreach(body IN LISTS bodies)
    cmake_path(GET body PARENT_PATH folder)
    string(REGEX REPLACE "^boltz/impl/?" "" folder "${folder}")
    string(REPLACE "/" "_" folder "boltz/${folder}")
    list(APPEND folders "${folder}")
    string(APPEND bodies_of_${folder} "#include <${body}>\n")
  endforeach()
  list(REMOVE_DUPLICATES folders)
  set(sources)
  foreach(folder IN LISTS folders)
    set(source "${CMAKE_CURRENT_BINARY_DIR}/boltz_compiled/${folder}.cpp")
    file(CONFIGURE OUTPUT "${source}" CONTENT "${bodies_of_${folder}}" @ONLY)
    list(APPEND sources "${source}")
  endforeach()

  add_library(boltz_compiled STATIC EXCLUDE_FROM_ALL ${sources})
  add_library(boltz::compiled ALIAS boltz_compiled)
  set_target_properties(boltz_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON UNITY_BUILD OFF)
  target_compile_definitions(boltz_compiled PUBLIC BOLTZ_COMPILED PRIVATE BOLTZ_COMPILING)
  target_link_libraries(boltz_compiled
    PUBLIC boltz::boltz "$<TARGET_NAME_IF_EXISTS:boltz::io>" "$<TARGET_NAME_IF_EXISTS:boltz::report>"
    PRIVATE "$<TARGET_NAME_IF_EXISTS:boltz_developer>")
endfunction()
