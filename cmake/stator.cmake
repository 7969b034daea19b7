# Stator in CMake.
#
#   stator_model(TARGET app FILE model.tflite BOARD nrf5340)
#       Compiles the model for the board and links it to TARGET, which then includes "<model>.h" and calls <model>_init and
#       <model>_run. FILE: a .tflite file, a folder with a model.yml, or a name of models/. BOARD: a name of boards/ or a folder with
#       a board.yml. The memory plan's arrays (memory_plan.h) come along; TARGET's own compile options apply, and -O2.
#
#   stator_firmware(TARGET firmware MODEL bearing BOARD nrf5340 [SOURCES main.c ...])
#       A whole image: start-up, board, drivers, kernel, and the monitor application, or SOURCES in its place.
#       Writes TARGET.elf, .hex, .bin and .map.
#
# Code is generated while building, and again when the model, its or the board's YAML, or the compiler's Python changes.
include_guard(GLOBAL)
include(${CMAKE_CURRENT_LIST_DIR}/facts.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/svd.cmake)

set(STATOR_WARNINGS -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes CACHE INTERNAL "")

# Where the compiler writes. `stator compile` writes to build/<board>/<model>/generated, too.
macro(stator_generated_folder target)
    set(STATOR_GENERATED_DIR ${CMAKE_CURRENT_BINARY_DIR}/generated)
    if(NOT "${target}" STREQUAL "firmware")
        set(STATOR_GENERATED_DIR ${CMAKE_CURRENT_BINARY_DIR}/${target}_generated)
    endif()
endmacro()

# Runs the compiler as a build step. Needs the variables of stator_facts and STATOR_GENERATED_DIR.
macro(stator_generate target)
    file(GLOB_RECURSE compiler CONFIGURE_DEPENDS ${STATOR_ROOT}/tools/stator/*.py ${STATOR_ROOT}/tools/stator/tuned/*.json)
    list(TRANSFORM STATOR_GENERATED PREPEND ${STATOR_GENERATED_DIR}/ OUTPUT_VARIABLE outputs)
    add_custom_command(
        OUTPUT ${outputs}
        COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${STATOR_ROOT}/tools ${STATOR_PYTHON} -m stator.cmake generate
                ${STATOR_BOARD_FOLDER} ${STATOR_MODEL_PATH} ${STATOR_GENERATED_DIR} ${STATOR_PASSES} ${STATOR_RTOS}
                kernels=${STATOR_KERNELS}
        DEPENDS ${STATOR_MODEL_FILES} ${STATOR_BOARD_FOLDER}/board.yml ${STATOR_TASKS_FILE} ${compiler}
        COMMENT "Compiling model ${STATOR_MODEL_NAME} for ${STATOR_BOARD_NAME}"
        VERBATIM)
    add_custom_target(${target}_generated DEPENDS ${outputs})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${STATOR_BOARD_FOLDER}/board.yml ${STATOR_MODEL_FILES})
endmacro()

# The library <target>_model: the generated C and the kernels that the board prefers; what is not called is not linked.
macro(stator_model_library target)
    file(GLOB_RECURSE kernel_files CONFIGURE_DEPENDS ${STATOR_ROOT}/firmware/kernels/*) # a new kernel is seen at the next build
    add_library(${target}_model STATIC ${STATOR_GENERATED_DIR}/${STATOR_MODEL_C_NAME}.c ${STATOR_KERNEL_SOURCES})
    add_dependencies(${target}_model ${target}_generated)
    target_include_directories(${target}_model PUBLIC ${STATOR_GENERATED_DIR} ${STATOR_ROOT}/firmware/include
                               PRIVATE ${STATOR_ROOT}/firmware/kernels)
    target_compile_features(${target}_model PUBLIC c_std_11)
    target_compile_options(${target}_model PRIVATE ${STATOR_WARNINGS} -ffunction-sections -fdata-sections
                           $<TARGET_PROPERTY:${target},COMPILE_OPTIONS> $<IF:$<STREQUAL:${STATOR_KERNELS},size>,-Os,-O2>
                           -ffp-contract=off) # floats as on the host
    target_compile_definitions(${target}_model PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>)
    target_link_libraries(${target}_model PUBLIC m)
    target_link_libraries(${target} PRIVATE ${target}_model)
endmacro()

function(stator_model)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;FILE;BOARD" "")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_TARGET OR NOT arg_FILE OR NOT arg_BOARD)
        message(FATAL_ERROR "stator_model(TARGET <target> FILE <model> BOARD <board>), not stator_model(${ARGV})")
    endif()
    stator_facts(${CMAKE_CURRENT_BINARY_DIR}/${arg_TARGET}_facts.cmake ${arg_BOARD} ${arg_FILE})
    stator_generated_folder(${arg_TARGET})
    stator_generate(${arg_TARGET})
    stator_model_library(${arg_TARGET})
    target_sources(${arg_TARGET}_model PRIVATE ${STATOR_GENERATED_DIR}/memory_plan.c)
endfunction()

function(stator_firmware)
    cmake_parse_arguments(PARSE_ARGV 0 arg "" "TARGET;MODEL;BOARD" "SOURCES")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_TARGET OR NOT arg_MODEL OR NOT arg_BOARD)
        message(FATAL_ERROR "stator_firmware(TARGET <target> MODEL <model> BOARD <board> [SOURCES ...]), not stator_firmware(${ARGV})")
    endif()
    stator_facts(${CMAKE_CURRENT_BINARY_DIR}/${arg_TARGET}_facts.cmake ${arg_BOARD} ${arg_MODEL})
    stator_generated_folder(${arg_TARGET})
    set(firmware ${STATOR_ROOT}/firmware)
    set(target ${arg_TARGET})

    # Sources: found, never listed. A driver, a board, a start-up is all of its folder.
    set(folders ${STATOR_BOARD_FOLDER} ${firmware}/startup/${STATOR_ISA} ${firmware}/telemetry)
    foreach(driver ${STATOR_DRIVERS})
        list(APPEND folders ${firmware}/drivers/${driver})
    endforeach()
    if(arg_SOURCES)
        set(sources ${arg_SOURCES})
    else()
        if(NOT STATOR_MODEL_STREAMS)
            message(FATAL_ERROR "model '${STATOR_MODEL_NAME}' has no features and window in a model.yml, so no firmware can feed it from a "
                                "sensor; `stator compile` gives its C, `stator bench` measures it")
        endif()
        list(APPEND folders ${firmware}/app ${firmware}/stream ${firmware}/inference ${firmware}/health ${STATOR_PORT_FOLDERS})
    endif()
    if(STATOR_STRESS AND NOT arg_SOURCES) # the same image with more to do, see firmware/port/freertos/stress
        list(APPEND folders ${firmware}/port/freertos/stress)
        set(wrap -Wl,--wrap=stator_port_receive_record -Wl,--wrap=vApplicationIdleHook)
    endif()
    if(STATOR_TRACE AND NOT arg_SOURCES) # the same image, noting what runs when, see firmware/port/freertos/trace
        list(APPEND folders ${firmware}/port/freertos/trace)
        set(handlers "#define TRACE_HANDLERS(X)")
        set(number 0)
        foreach(handler ${STATOR_HANDLERS})
            string(APPEND handlers " X(${number}, ${handler})")
            list(APPEND wrap -Wl,--wrap=${handler})
            math(EXPR number "${number} + 1")
        endforeach()
        file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/trace/trace_handlers.h CONTENT "${handlers}\n")
    endif()
    foreach(folder ${folders})
        file(GLOB found CONFIGURE_DEPENDS ${folder}/*.c ${folder}/*.S)
        list(APPEND sources ${found})
    endforeach()

    set(common -g -ffunction-sections -fdata-sections -fno-common -fstack-usage -fcallgraph-info=su
               -fmacro-prefix-map=${STATOR_ROOT}/= -ffile-prefix-map=${STATOR_ROOT}=.)
    set(definitions STATOR_CLOCK_HZ=${STATOR_CLOCK_HZ}u ${STATOR_DSP_DEFINITIONS})
    if(STATOR_SIGNAL_AT)
        list(APPEND definitions STATOR_SIGNAL_AT=${STATOR_SIGNAL_AT} STATOR_SIGNAL_BYTES=${STATOR_SIGNAL_BYTES})
    endif()
    if(STATOR_GUARD_BYTES)
        list(APPEND definitions STATOR_GUARD_BYTES=${STATOR_GUARD_BYTES})
    endif()
    if(STATOR_IDLE_SPINS)
        list(APPEND definitions STATOR_IDLE_SPINS)
    endif()
    if(STATOR_TELEMETRY STREQUAL "rtt" AND NOT arg_SOURCES) # memory in the serial port's place, see firmware/drivers/rtt
        list(APPEND wrap -Wl,--wrap=stator_uart_init -Wl,--wrap=stator_uart_send -Wl,--wrap=stator_uart_panic)
    endif()
    if(STATOR_TEMPERATURE)
        list(APPEND definitions STATOR_TEMPERATURE)
    else()
        list(FILTER sources EXCLUDE REGEX "/firmware/health/temperature\\.c$")
    endif()
    if(STATOR_RTOS STREQUAL "baremetal")
        list(FILTER sources EXCLUDE REGEX "/firmware/app/tasks\\.c$") # nothing waits: the port's loop takes the monitor's steps
    endif()
    if(STATOR_ISA STREQUAL "host")
        list(FILTER sources EXCLUDE REGEX "/firmware/app/(main|tasks)\\.c$") # its port runs the steps one by one
        set(machine -fsanitize=address,undefined -fno-sanitize-recover=all)
        set(link -Wl,--wrap=stator_stream_release)
    else()
        include(${STATOR_ROOT}/cmake/cores/${STATOR_CORE}.cmake)
        set(machine ${STATOR_CORE_FLAGS} --specs=${STATOR_TOOLCHAIN_SPECS})
        set(script ${firmware}/startup/${STATOR_ISA}/link.ld)
        set(link ${wrap} -nostartfiles -T ${script} -L ${STATOR_GENERATED_DIR} -Wl,--fatal-warnings -Wl,--print-memory-usage)
    endif()
    list(PREPEND common ${machine})

    add_executable(${target} ${sources})
    set_target_properties(${target} PROPERTIES SUFFIX .elf)
    target_compile_features(${target} PRIVATE c_std_11)
    target_compile_options(${target} PRIVATE ${common})
    target_compile_definitions(${target} PRIVATE ${definitions})
    stator_generate(${target})
    stator_model_library(${target})
    add_dependencies(${target} ${target}_generated)

    # The feature front end: for speed, like the model.
    file(GLOB_RECURSE dsp CONFIGURE_DEPENDS ${firmware}/dsp/*) # a new file of a set is seen at the next build
    set(front_end ${STATOR_DSP_SOURCES})
    foreach(config features_config.c health_config.c)
        if(config IN_LIST STATOR_GENERATED)
            list(APPEND front_end ${STATOR_GENERATED_DIR}/${config})
        endif()
    endforeach()
    target_sources(${target}_model PRIVATE ${STATOR_GENERATED_DIR}/memory_plan.c ${front_end})
    target_include_directories(${target}_model PRIVATE ${firmware})

    target_include_directories(${target} PRIVATE ${firmware}/drivers ${STATOR_BOARD_FOLDER})
    target_compile_options(${target} PRIVATE ${STATOR_WARNINGS} -Os)
    set_source_files_properties(${firmware}/telemetry/crc32.c PROPERTIES COMPILE_OPTIONS -O2) # on the way to every decision

    target_link_options(${target} PRIVATE ${machine} ${link} -Wl,--gc-sections -Wl,-Map=${target}.map,--cref)
    stator_registers(${target} ${STATOR_BOARD_FOLDER})
    if(STATOR_ISA STREQUAL "host")
        return()
    endif()

    if(NOT arg_SOURCES AND STATOR_RTOS STREQUAL "baremetal")
        target_include_directories(${target} PRIVATE ${firmware}/port/baremetal/${STATOR_PORT})
    elseif(NOT arg_SOURCES)
        include(${firmware}/port/freertos/${STATOR_PORT}/kernel.cmake)
        set(portable ${STATOR_FREERTOS_DIR}/portable/${STATOR_FREERTOS_PORT})
        list(TRANSFORM STATOR_FREERTOS_PORT_SOURCES PREPEND ${portable}/)
        list(TRANSFORM STATOR_FREERTOS_PORT_INCLUDES PREPEND ${portable}/)
        add_library(${target}_kernel STATIC ${STATOR_FREERTOS_DIR}/tasks.c ${STATOR_FREERTOS_DIR}/queue.c ${STATOR_FREERTOS_DIR}/list.c
                    ${STATOR_FREERTOS_PORT_SOURCES})
        target_include_directories(${target}_kernel SYSTEM PUBLIC ${STATOR_FREERTOS_DIR}/include ${portable}
                                   ${STATOR_FREERTOS_PORT_INCLUDES})
        target_include_directories(${target}_kernel PUBLIC ${firmware}/port/freertos ${firmware}/port/freertos/${STATOR_PORT})
        # Not our code: its warnings are its own, and its path is no business of the image.
        target_compile_options(${target}_kernel PRIVATE ${common} -O2 -w -ffile-prefix-map=${STATOR_FREERTOS_DIR}=freertos)
        target_compile_definitions(${target}_kernel PRIVATE ${definitions})
        if(STATOR_TRACE)
            target_compile_options(${target}_kernel PRIVATE "$<$<COMPILE_LANGUAGE:C>:SHELL:-include ${firmware}/port/freertos/trace/trace.h>")
            target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/trace)
        endif()
        target_link_libraries(${target} PRIVATE ${target}_kernel)
    endif()

    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script} ${STATOR_GENERATED_DIR}/plan_memory.ld
                 ${STATOR_GENERATED_DIR}/plan_sections.ld)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${STATOR_ROOT}/tools ${STATOR_PYTHON} -m stator.image_sum ${target}.elf
        COMMAND ${CMAKE_OBJCOPY} -O ihex ${target}.elf ${target}.hex
        COMMAND ${CMAKE_OBJCOPY} -O binary ${target}.elf ${target}.bin
        BYPRODUCTS ${target}.hex ${target}.bin ${target}.map
        VERBATIM)
endfunction()
