# Register headers out of the vendors' SVD files.
#
#   stator_registers(TARGET BOARD_FOLDER)
#
# Makes registers/registers.h in the build folder, with the peripherals that BOARD_FOLDER/board.yml names under `registers`, and lets TARGET
# (and what links to it) include it as "registers.h". Does nothing for a board without `registers`. Needs STATOR_PYTHON (a Python with requirements.txt)
# and the crates of third_party/Cargo.toml fetched.
function(stator_registers target board_folder)
    file(STRINGS ${board_folder}/board.yml found REGEX "^registers:")
    if(NOT found)
        return()
    endif()
    get_filename_component(root ${CMAKE_CURRENT_FUNCTION_LIST_DIR} DIRECTORY)
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/registers)
    add_custom_command(
        OUTPUT ${folder}/registers.h
        COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${root}/tools ${STATOR_PYTHON} -m stator.svd ${board_folder} ${folder}/registers.h
        DEPENDS ${board_folder}/board.yml ${root}/third_party/Cargo.lock ${root}/tools/stator/svd.py ${root}/tools/stator/board.py
        COMMENT "Registers of ${board_folder} from its SVD file"
        VERBATIM)
    add_custom_target(${target}_registers DEPENDS ${folder}/registers.h)
    add_dependencies(${target} ${target}_registers)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "INTERFACE_LIBRARY")
        target_include_directories(${target} INTERFACE ${folder})
    else()
        target_include_directories(${target} PUBLIC ${folder})
    endif()
endfunction()
