# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

# What is missing is said in one line with the names of its packages, before CMake
# trips over the first of it. A line of the list is a file and its package.
if(NOT LLVM_ROOT)
    set(LLVM_ROOT /usr/lib/llvm-22)
endif()
set(NEEDS
    ${LLVM_ROOT}/bin/clang++=clang-22
    ${LLVM_ROOT}/lib/cmake/mlir/MLIRConfig.cmake=libmlir-22-dev
    ${LLVM_ROOT}/lib/libLLVMSupport.a=llvm-22-dev
    ${LLVM_ROOT}/bin/mlir-tblgen=mlir-22-tools
    /usr/include/hdf5/serial/hdf5.h=libhdf5-dev
    /usr/include/jansson.h=libjansson-dev
    /usr/include/zlib.h=zlib1g-dev
    /usr/lib/*/libzstd.a=libzstd-dev)
set(missing)
foreach(need IN LISTS NEEDS)
    string(REPLACE "=" ";" need ${need})
    list(GET need 0 file)
    list(GET need 1 package)
    file(GLOB found ${file})
    if(NOT found)
        string(APPEND missing " ${package}")
    endif()
endforeach()
if(missing)
    # A line that starts with a space is not broken.
    message(FATAL_ERROR " missing Debian packages: apt-get install${missing}")
endif()
