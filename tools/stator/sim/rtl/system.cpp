// A system around a core in RTL: memories without wait states, CLINT, PLIC, a serial port, and a sensor that plays a recording by
// DMA into two halves, sample by sample. firmware/drivers/rtl_system/rtl_registers.h lists the addresses.
//
//   system --entry ADDRESS --serial FILE --counters FILE --signal ADDRESS [--ram ADDRESS BYTES]... [--rom ADDRESS FILE]...
//
// The core comes out of reset at 0x80, from where it jumps to ADDRESS. While it sleeps with its clock off, time passes without
// it: what cannot change is not computed, so that a second of idling costs nothing and the core's own counters, which stand
// still, tell no difference. --counters: per read of mcycle what mcycle and minstret were, two uint64, little endian. Exit
// status: what the program wrote to RTL_EXIT; 120 for bad arguments.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "Vcore.h"
#include "rtl_system/rtl_registers.h"
#include "verilated.h"

namespace {

constexpr uint64_t never = ~uint64_t{0};
constexpr uint32_t boot_address = 0;
constexpr uint32_t reset_at = boot_address + 0x80;
constexpr uint32_t signal_magic = 0x54415453, signal_header = 64, half_samples = 1024;

struct Memory {
    uint32_t at;
    std::vector<uint8_t> bytes;
    bool writable;
};

struct Loaded {
    uint32_t value;
    bool error;
};

[[noreturn]] void refuse(const std::string &why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(120);
}

FILE *opened(const char *name, const char *mode) {
    FILE *file = std::fopen(name, mode);
    if (!file) {
        refuse(std::string(name) + ": cannot be opened");
    }
    return file;
}

std::vector<uint8_t> content(const char *name) {
    FILE *file = opened(name, "rb");
    std::vector<uint8_t> all;
    uint8_t piece[1 << 16];
    while (size_t got = std::fread(piece, 1, sizeof(piece), file)) {
        all.insert(all.end(), piece, piece + got);
    }
    std::fclose(file);
    return all;
}

// Everything but the core. `now` counts core clocks, those among them in which the core sleeps.
class System {
  public:
    std::vector<Memory> memories;
    FILE *serial = nullptr, *counters = nullptr;
    uint32_t signal_at = 0;
    uint64_t now = 0;
    bool ended = false;
    int status = 0;

    bool timer_interrupt() const {
        return now >= timer;
    }
    bool external_interrupt() const {
        return (pending & enabled & ~claimed) != 0;
    }

    // When something happens next without the core.
    uint64_t next_event() const {
        return std::min({timer, next_sample, sent_at});
    }

    // What is due by now.
    void devices() {
        while (next_sample <= now) {
            take_sample();
        }
        if (sent_at <= now) {
            sent_at = never;
            pending |= 1u << RTL_SERIAL_SOURCE;
        }
    }

    Loaded read(uint32_t address) {
        const uint32_t at = address & ~3u;
        if (const uint8_t *where = find(at, false)) {
            Loaded word{0, false};
            std::memcpy(&word.value, where, 4);
            return word;
        }
        switch (at) {
        case RTL_CLINT + 0x4000:
            return {uint32_t(timer), false};
        case RTL_CLINT + 0x4004:
            return {uint32_t(timer >> 32), false};
        case RTL_CLINT + 0xbff8:
            return {uint32_t(now), false};
        case RTL_CLINT + 0xbffc:
            return {uint32_t(now >> 32), false};
        case RTL_PLIC + 0x2000:
            return {enabled, false};
        case RTL_PLIC + 0x200004:
            return {claim(), false};
        case RTL_REGISTERS + RTL_SERIAL_BYTES:
            return {sent_at != never, false};
        case RTL_REGISTERS + RTL_SENSOR_HALVES:
            return {halves, false};
        case RTL_REGISTERS + RTL_SENSOR_SIGNAL:
            return {signal_halves(), false};
        default:
            return {0, true};
        }
    }

    // bytes: bit i = byte i of the word is written. Returns whether there was something to write to.
    bool write(uint32_t address, uint32_t value, unsigned bytes) {
        const uint32_t at = address & ~3u;
        if (uint8_t *where = find(at, true)) {
            for (int i = 0; i < 4; i++) {
                if (bytes >> i & 1) {
                    where[i] = uint8_t(value >> (8 * i));
                }
            }
            return true;
        }
        if (at >= RTL_PLIC && at < RTL_PLIC + 0x1000) {
            return true; // priorities
        }
        switch (at) {
        case RTL_CLINT + 0x4000:
            timer = (timer & ~uint64_t{0xffffffff}) | value;
            return true;
        case RTL_CLINT + 0x4004:
            timer = (timer & 0xffffffff) | uint64_t{value} << 32;
            return true;
        case RTL_PLIC + 0x2000:
            enabled = value;
            return true;
        case RTL_PLIC + 0x200000: // threshold
            return true;
        case RTL_PLIC + 0x200004:
            claimed &= ~(1u << (value & 31));
            return true;
        case RTL_REGISTERS + RTL_EXIT:
            ended = true;
            status = int(value & 0x7f);
            return true;
        case RTL_REGISTERS + RTL_SERIAL_BYTE:
            std::fputc(int(value & 0xff), serial);
            if ((value & 0xff) == '\n') {
                flush();
            }
            return true;
        case RTL_REGISTERS + RTL_SERIAL_FROM:
            message = value;
            return true;
        case RTL_REGISTERS + RTL_SERIAL_BYTES:
            return send(value);
        case RTL_REGISTERS + RTL_SENSOR_HALF0:
            half[0] = value;
            return true;
        case RTL_REGISTERS + RTL_SENSOR_HALF1:
            half[1] = value;
            return true;
        case RTL_REGISTERS + RTL_SENSOR_SAMPLES:
            samples = value;
            return true;
        case RTL_REGISTERS + RTL_SENSOR_DIVIDER:
            divider = value;
            taken = halves = 0;
            next_sample = divider && samples && signal_halves() ? now + divider : never;
            return true;
        case RTL_REGISTERS + RTL_CLOCK_HZ:
            clock_hz = value;
            return true;
        default:
            return false;
        }
    }

  private:
    uint64_t timer = never;
    uint32_t pending = 0, enabled = 0, claimed = 0;
    uint32_t message = 0, clock_hz = 0;
    uint64_t sent_at = never;
    uint32_t half[2] = {0, 0}, samples = 0, divider = 0, taken = 0, halves = 0;
    uint64_t next_sample = never, played = 0;

    // Four bytes at `at`.
    uint8_t *find(uint32_t at, bool to_write) {
        for (Memory &memory : memories) {
            const uint32_t offset = at - memory.at;
            if (offset < memory.bytes.size() && memory.bytes.size() - offset >= 4) {
                return to_write && !memory.writable ? nullptr : &memory.bytes[offset];
            }
        }
        return nullptr;
    }

    uint32_t claim() {
        const uint32_t ready = pending & enabled & ~claimed;
        if (!ready) {
            return 0;
        }
        const uint32_t source = uint32_t(__builtin_ctz(ready));
        pending &= ~(1u << source);
        claimed |= 1u << source;
        return source;
    }

    bool send(uint32_t bytes) {
        for (uint32_t i = 0; i < bytes; i++) {
            const uint8_t *where = find((message + i) & ~3u, false);
            if (!where) {
                return false;
            }
            std::fputc(where[(message + i) & 3u], serial);
        }
        flush();
        sent_at = now + uint64_t{bytes} * 10 * clock_hz / 115200; // ten bits a byte
        return true;
    }

    void flush() {
        std::fflush(counters); // who reads a line finds all counters that it tells of
        std::fflush(serial);
    }

    uint32_t signal_word(uint32_t offset) {
        uint32_t word = 0;
        if (const uint8_t *where = find(signal_at + offset, false)) {
            std::memcpy(&word, where, 4);
        }
        return word;
    }

    uint32_t signal_halves() {
        return signal_word(0) == signal_magic ? signal_word(4) : 0;
    }

    void take_sample() {
        const uint64_t length = uint64_t{signal_halves()} * half_samples;
        const uint32_t from = signal_header + 2 * uint32_t(played % length);
        const uint32_t word = signal_word(from & ~3u);
        const uint32_t value = (from & 2 ? word >> 16 : word) & 0xffff;
        write(half[halves & 1] + 2 * taken, value * 0x10001, half[halves & 1] + 2 * taken & 2 ? 12 : 3);
        played++;
        next_sample += divider;
        if (++taken == samples) {
            taken = 0;
            halves++;
            pending |= 1u << RTL_SENSOR_SOURCE;
        }
    }
};

// A port of the core's: one request is answered in the clock after it.
struct Port {
    bool due = false;
    Loaded answer{0, false};
};

// lui t0, high; jalr zero, low(t0)
Memory boot_rom(uint32_t entry) {
    const uint32_t high = (entry + 0x800) & 0xfffff000u;
    const uint32_t words[2] = {high | 0x2b7, (entry - high) << 20 | 0x28067};
    Memory rom{boot_address, std::vector<uint8_t>(reset_at - boot_address + 64), false};
    std::memcpy(&rom.bytes[reset_at - boot_address], words, sizeof(words));
    return rom;
}

void simulate(System &system) {
    Vcore core;
    core.boot_address = boot_address;
    core.reset_n = 1; // the edge to 0 resets what is behind the clock gate
    core.eval();
    core.reset_n = 0;
    for (int i = 0; i < 10; i++) {
        core.clock = i & 1;
        core.eval();
    }
    core.reset_n = 1;
    Port fetch, data;
    while (!system.ended) {
        system.devices();
        core.clock = 0;
        core.fetch_grant = core.data_grant = 1;
        core.fetch_valid = fetch.due;
        core.fetch_data = fetch.answer.value;
        core.fetch_error = fetch.answer.error;
        core.data_valid = data.due;
        core.data_from = data.answer.value;
        core.data_error = data.answer.error;
        core.timer_interrupt = system.timer_interrupt();
        core.external_interrupt = system.external_interrupt();
        core.eval();
        if (core.asleep && !core.timer_interrupt && !core.external_interrupt && system.next_event() != never) {
            system.now = std::max(system.now + 1, system.next_event());
            continue;
        }
        if (core.counters_read) {
            const uint64_t pair[2] = {core.cycles, core.instructions};
            std::fwrite(pair, sizeof(pair), 1, system.counters);
        }
        fetch.due = core.fetch_request;
        if (fetch.due) {
            fetch.answer = system.read(core.fetch_address);
        }
        data.due = core.data_request;
        if (data.due) {
            if (core.data_write) {
                data.answer = {0, !system.write(core.data_address, core.data_to, core.data_bytes)};
            } else {
                data.answer = system.read(core.data_address);
            }
        }
        core.clock = 1;
        core.eval();
        system.now++;
    }
}

uint32_t number(const char *text) {
    char *end = nullptr;
    const unsigned long value = std::strtoul(text, &end, 0);
    if (!end || *end || value > 0xffffffffu) {
        refuse(std::string(text) + " is no number");
    }
    return uint32_t(value);
}

} // namespace

int main(int argc, char **argv) {
    System system;
    uint32_t entry = 0;
    const std::vector<std::string> words(argv + 1, argv + argc);
    size_t next = 0;
    const auto word = [&]() -> const char * {
        if (next == words.size()) {
            refuse("an argument is missing");
        }
        return words[next++].c_str();
    };
    while (next < words.size()) {
        const std::string flag = word();
        if (flag == "--entry") {
            entry = number(word());
        } else if (flag == "--serial") {
            system.serial = opened(word(), "ab");
        } else if (flag == "--counters") {
            system.counters = opened(word(), "wb");
        } else if (flag == "--signal") {
            system.signal_at = number(word());
        } else if (flag == "--ram") {
            const uint32_t at = number(word());
            system.memories.push_back({at, std::vector<uint8_t>(number(word())), true});
        } else if (flag == "--rom") {
            const uint32_t at = number(word());
            system.memories.push_back({at, content(word()), false});
        } else {
            refuse("what is " + flag + "?");
        }
    }
    if (!system.serial || !system.counters || !entry) {
        refuse("--entry, --serial and --counters are needed");
    }
    system.memories.push_back(boot_rom(entry));
    simulate(system);
    std::fclose(system.serial);
    std::fclose(system.counters);
    return system.status;
}
