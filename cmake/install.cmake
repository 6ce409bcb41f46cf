# Install rules, included by the top CMakeLists.txt when BOLTZ_INSTALL is on.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(boltz_package_folder "${CMAKE_INSTALL_DATADIR}/cmake/boltz")

install(TARGETS boltz EXPORT boltzTargets FILE_SET HEADERS)
install(EXPORT boltzTargets NAMESPACE boltz:: DESTINATION "${boltz_package_folder}")

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/boltzConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/boltzConfig.cmake" INSTALL_DESTINATION "${boltz_package_folder}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/boltzConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  "${PROJECT_BINARY_DIR}/boltzConfig.cmake" "${PROJECT_BINARY_DIR}/boltzConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/components.cmake" "${PROJECT_SOURCE_DIR}/cmake/compiled.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindXtensorHeaders.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/onednn.cpp"
  DESTINATION "${boltz_package_folder}")
if(TARGET boltz-score)
  install(TARGETS boltz-score OPTIONAL) # headers can be installed before anything is built
endif()
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/boltz")
