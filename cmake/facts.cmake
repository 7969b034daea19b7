# What board.yml and model.yml say, as CMake variables. Python reads the YAML (tools/stator/cmake.py), CMake only includes the result.
#
#   stator_python()                         sets STATOR_PYTHON: a Python with the packages of requirements.txt
#   stator_facts(OUT BOARD MODEL)           writes the file OUT and includes it in the caller's scope; sets STATOR_BOARD_FOLDER, ...
#                                           for the RTOS that STATOR_RTOS_WANTED names: freertos (the default) or baremetal
include_guard(GLOBAL)

set(STATOR_KERNELS "balanced" CACHE STRING "How kernels are chosen: speed, size or balanced (`stator build --optimize`), or a kernel set")
get_filename_component(STATOR_ROOT ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(STATOR_ROOT ${STATOR_ROOT} CACHE INTERNAL "") # for functions that are called from another project's folders

macro(stator_python)
    if(NOT STATOR_PYTHON)
        # .venv is what ./inv makes; an activated environment comes first on PATH by itself.
        find_program(STATOR_PYTHON NAMES python3 DOC "A Python with the packages of Stator's requirements.txt"
                     PATHS ${STATOR_ROOT}/.venv/bin NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
        find_program(STATOR_PYTHON NAMES python3 python NO_CMAKE_FIND_ROOT_PATH)
    endif()
    if(NOT STATOR_PYTHON)
        message(FATAL_ERROR "No Python was found: run ./inv --list once, which makes one in .venv, or pass -DSTATOR_PYTHON=<path>")
    endif()
endmacro()

macro(stator_facts out board model)
    stator_python()
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${STATOR_ROOT}/tools ${STATOR_PYTHON} -m stator.cmake facts ${board} ${model} ${out}
                ${STATOR_RTOS_WANTED} kernels=${STATOR_KERNELS}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
        RESULT_VARIABLE stator_status
        ERROR_VARIABLE stator_message)
    if(NOT stator_status EQUAL 0)
        if(stator_message MATCHES "ModuleNotFoundError")
            set(stator_message "${STATOR_PYTHON} lacks packages of requirements.txt: run ./inv --list once, which makes a complete Python in .venv, or pass -DSTATOR_PYTHON=<path>")
        endif()
        message(FATAL_ERROR "${stator_message}")
    endif()
    include(${out})
endmacro()
