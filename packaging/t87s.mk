# SPDX-License-Identifier: MIT
#
# For GNU make, in a makefile:
#
#   include $(shell pkg-config --variable=mk t87s)
#
# after setting what shall not be as here:
#
#   T87SC         the schema compiler; when cross compiling, one that runs here
#   T87SC_FLAGS   its flags: -I folder, for imports
#   T87S_OUT      what stands before the name of a header, such as build/
#   T87S_HEADERS  all headers that are made from schemas; their depfiles are read (default: of the schemas in this folder)
#
# It gives T87S_CFLAGS and T87S_LIBS, and the rule that makes shop.tags.h from shop.tags. The schemas of another folder
# are found after `vpath %.tags FOLDER`. An object needs its header once by name (main.o: shop.tags.h), for the first
# build; later the depfiles of the C compiler know it.
PKG_CONFIG ?= pkg-config
ifndef T87SC
T87SC := $(or $(shell $(PKG_CONFIG) --variable=t87sc t87s),t87sc)
endif
T87S_CFLAGS := $(shell $(PKG_CONFIG) --cflags t87s)
T87S_LIBS := $(shell $(PKG_CONFIG) --libs t87s)
T87S_HEADERS ?= $(patsubst %,$(T87S_OUT)%.h,$(wildcard *.tags))

# t87sc leaves a header alone that would not change; make goes by times, so it is touched.
$(T87S_OUT)%.tags.h: %.tags
	@mkdir -p '$(@D)'
	$(T87SC) gen $(T87SC_FLAGS) --depfile '$@.d' -o '$@' '$<'
	@touch '$@'

# A depfile's first target shall not become the goal of who includes this before his own first rule.
t87s_goal := $(.DEFAULT_GOAL)
-include $(wildcard $(T87S_HEADERS:=.d))
.DEFAULT_GOAL := $(t87s_goal)
