/* SPDX-License-Identifier: MIT
 *
 * usage: replay FOLDER...
 *
 * Runs a harness over the files of some folders, for builds without libFuzzer: what once crashed must not do so again.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name) {
    static uint8_t bytes[1 << 20];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    int whole = !ferror(file); /* a folder is not */
    fclose(file);
    if (whole)
        LLVMFuzzerTestOneInput(bytes, size);
    return whole;
}

int main(int argc, char **argv) {
    int n = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
            n += entry->d_name[0] != '.' && replay(argv[i], entry->d_name);
        closedir(folder);
    }
    printf("%d inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
