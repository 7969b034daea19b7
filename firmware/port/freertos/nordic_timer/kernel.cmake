include(${CMAKE_CURRENT_LIST_DIR}/../cortex-m33/kernel.cmake)
