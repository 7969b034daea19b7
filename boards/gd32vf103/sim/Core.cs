// The core of the GD32VF103 where it differs from a standard RV32IMAC: Nuclei's ECLIC and system timer, and the CSRs that go with
// them. Nuclei N200 ISA manual 1.0; Bumblebee Core Architecture Manual (ECLIC, TIMER, CSRs).
//
// Renode's core has no ECLIC, so interrupts come to it by the machine external interrupt, and hooks around entry and mret do what
// the ECLIC does: levels, the vector table, the common entry of interrupts that are not vectored, and the CSRs.
using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Stator
{
    public class NucleiCore : RiscV32
    {
        public NucleiCore(IMachine machine, NucleiEclic eclic) : base(machine, "rv32imac_zicsr_zifencei", privilegedArchitecture: PrivilegedArchitecture.Priv1_11, interruptMode: InterruptMode.Direct)
        {
            this.eclic = eclic;
            eclic.Core = this;
            CSR(MieNumber, () => 0, value => { }); // the ECLIC's enables take its place
            CSR(MtvecNumber, () => mtvec, value => mtvec = value);
            CSR(MtvtNumber, () => mtvt, WriteMtvt);
            CSR(Mtvt2Number, () => mtvt2, value => mtvt2 = value);
            CSR(McauseNumber, ReadMcause, WriteMcause);
            CSR(MintstatusNumber, () => level << 24, value => { });
            CSR(MsubmNumber, () => msubm, value => msubm = value & 0x3c0);
            CSR(MmiscNumber, () => mmisc, value => mmisc = value);
            InstallCustomInstruction(JalmnxtiPattern, _ => NextInterrupt(), "csrrw ra, jalmnxti, ra");
            InstallCustomInstruction(MscratchCswlPattern, _ => ExchangeStacks(), "csrrw sp, mscratchcswl, sp");
            AddHookAtInterruptBegin(Enter);
            InstallCustomInstruction(MretPattern, _ => Leave(), "mret");
            MIE = ExternalInterrupt;
            ResetVector = 0; // the flash's alias
        }

        public override void Reset()
        {
            base.Reset();
            mtvec = mtvt = mtvt2 = cause = msubm = mmisc = level = 0;
            MIE = ExternalInterrupt;
        }

        // The ECLIC's view of the core: what it compares a waiting interrupt's level with.
        public uint Level { get { return level; } }

        public void Wait(bool waiting)
        {
            OnGPIO(ExternalInterruptNumber, waiting);
        }

        public ulong Taken { get; private set; }

        public ulong Nested { get; private set; }

        private void CSR(ushort number, Func<uint> read, Action<uint> write)
        {
            RegisterCSR(number, () => read(), value => write((uint)value));
        }

        private void Enter(ulong exception)
        {
            entering = true;
            msubm = (msubm >> 6 & 3) << 8;
            if((exception & InterruptFlag) == 0)
            {
                msubm |= InException << 6;
                cause = (uint)exception | level << 16;
                MTVEC = mtvec & ~63u;
                return;
            }
            var id = eclic.Waiting(level, false);
            if(id < 0)
            {
                Chip.Fail(machine, this, "the ECLIC raised its line and no interrupt waits");
                return;
            }
            Taken++;
            Nested += level != 0 ? 1u : 0u;
            msubm |= InInterrupt << 6;
            cause = InterruptFlag | level << 16 | (uint)id;
            level = eclic.LevelOf((uint)id);
            MTVEC = EntryOf((uint)id);
            eclic.Update();
        }

        private uint EntryOf(uint id)
        {
            if(!eclic.Vectored(id))
            {
                if((mtvt2 & 1) == 0)
                {
                    Chip.Fail(machine, this, string.Format("interrupt {0} is not vectored, and mtvt2 is off", id));
                }
                return mtvt2 & ~3u;
            }
            var entry = Handler(id);
            if((entry & 3) != 0)
            {
                Chip.Fail(machine, this, string.Format("the handler of interrupt {0}, at {1:x8}, is not aligned to 4", id, entry));
            }
            return entry;
        }

        private uint Handler(uint id)
        {
            var entry = machine.SystemBus.ReadDoubleWord(mtvt + 4 * id, this);
            if(entry == 0)
            {
                Chip.Fail(machine, this, string.Format("interrupt {0} has no handler", id));
            }
            return entry;
        }

        // mret. As an instruction of ours, because the core's own would write mcause as it knows it.
        private void Leave()
        {
            var status = (uint)MSTATUS.RawValue;
            if((status & PrivilegeBits) != PrivilegeBits)
            {
                Chip.Fail(machine, this, string.Format("mret at {0:x8} leaves machine mode", PC.RawValue));
            }
            MSTATUS = (status & ~InterruptsOn) | ((status & InterruptsWereOn) != 0 ? InterruptsOn : 0) | InterruptsWereOn;
            PC = MEPC;
            level = cause >> 16 & 0xff;
            msubm = (msubm >> 8 & 3) << 6;
            eclic.Update();
        }

        // jalmnxti: the next interrupt that is not vectored and more urgent than what was interrupted, called like a function that
        // returns to this instruction; none: go on.
        private void NextInterrupt()
        {
            var id = eclic.Waiting(cause >> 16 & 0xff, true);
            if(id < 0)
            {
                return;
            }
            level = eclic.LevelOf((uint)id);
            cause = (cause & ~0xfffu) | InterruptFlag | (uint)id;
            var here = PC.RawValue;
            SetRegister(ReturnRegister, RegisterValue.Create(here, 32));
            MSTATUS = MSTATUS.RawValue | InterruptsOn;
            PC = Handler((uint)id);
            eclic.Update();
        }

        private uint ReadMcause()
        {
            var status = (uint)MSTATUS.RawValue;
            return (cause & ~MirroredBits) | (status >> 11 & 3) << 28 | (status >> 7 & 1) << 27;
        }

        private void WriteMcause(uint value)
        {
            if(entering) // the core's own write, of the external interrupt
            {
                entering = false;
                return;
            }
            cause = value & 0x80ff0fff;
            MSTATUS = (MSTATUS.RawValue & ~(ulong)(PrivilegeBits | InterruptsWereOn)) | (value >> 28 & 3) << 11 | (value >> 27 & 1) << 7;
        }

        private void WriteMtvt(uint value)
        {
            if(value % 512 != 0)
            {
                Chip.Fail(machine, this, string.Format("mtvt {0:x8}: 65 to 128 interrupts need 512-byte alignment", value));
            }
            mtvt = value;
        }

        // mscratchcswl: exchanges where exactly one of the levels before and now is 0. As an instruction of ours, because Renode's core
        // has a CSR of this number, which knows nothing of our levels.
        private void ExchangeStacks()
        {
            if((cause >> 16 & 0xff) == 0 != (level == 0))
            {
                var other = SP.RawValue;
                SP = MSCRATCH;
                MSCRATCH = other;
            }
        }

        private readonly NucleiEclic eclic;
        private uint mtvec;
        private uint mtvt;
        private uint mtvt2;
        private uint cause;
        private uint msubm;
        private uint mmisc;
        private uint level;
        private bool entering;

        private const ushort MieNumber = 0x304;
        private const ushort MtvecNumber = 0x305;
        private const ushort MtvtNumber = 0x307;
        private const ushort McauseNumber = 0x342;
        private const ushort MintstatusNumber = 0x346;
        private const ushort MsubmNumber = 0x7c4;
        private const ushort MmiscNumber = 0x7d0;
        private const ushort Mtvt2Number = 0x7ec;
        private const string MscratchCswlPattern = "00110100100100010001000101110011"; // csrrw x2, 0x349, x2
        private const string JalmnxtiPattern = "01111110110100001001000011110011"; // csrrw x1, 0x7ed, x1
        private const int ReturnRegister = 1;
        private const int ExternalInterruptNumber = 11;
        private const ulong ExternalInterrupt = 1 << ExternalInterruptNumber;
        private const uint InterruptFlag = 0x80000000;
        private const string MretPattern = "00110000001000000000000001110011";
        private const uint InterruptsOn = 1 << 3; // mstatus.MIE
        private const uint InterruptsWereOn = 1 << 7; // MPIE
        private const uint PrivilegeBits = 3 << 11; // MPP
        private const uint MirroredBits = 0x38000000; // MPP and MPIE stand in mcause too
        private const uint InInterrupt = 1;
        private const uint InException = 2;
    }

    // Levels and pending bits; all interrupts are level-triggered, so a pending bit is its line.
    public class NucleiEclic : IBytePeripheral, IKnownSize, INumberedGPIOOutput, IGPIOReceiver
    {
        public NucleiEclic(IMachine machine)
        {
            this.machine = machine;
            Connections = new Dictionary<int, IGPIO>();
        }

        public void Reset()
        {
            config = threshold = 0;
            Array.Clear(enabled, 0, enabled.Length);
            Array.Clear(attribute, 0, attribute.Length);
            Array.Clear(control, 0, control.Length);
            Update();
        }

        public void OnGPIO(int number, bool value)
        {
            lines[number] = value;
            Update();
        }

        public byte ReadByte(long offset)
        {
            if(offset == 0)
            {
                return (byte)config;
            }
            if(offset == ThresholdAt)
            {
                return (byte)threshold;
            }
            var id = Interrupt(offset);
            switch(offset % 4)
            {
            case 0:
                return lines[id] ? (byte)1 : (byte)0;
            case 1:
                return enabled[id] ? (byte)1 : (byte)0;
            case 2:
                return attribute[id];
            default:
                return control[id];
            }
        }

        public void WriteByte(long offset, byte value)
        {
            if(offset == 0)
            {
                config = value & 0x1eu;
            }
            else if(offset == ThresholdAt)
            {
                threshold = value;
            }
            else
            {
                var id = Interrupt(offset);
                switch(offset % 4)
                {
                case 1:
                    enabled[id] = (value & 1) != 0;
                    break;
                case 2:
                    attribute[id] = (byte)(value & 7);
                    break;
                case 3:
                    control[id] = (byte)(value | 0x0f); // four bits exist
                    break;
                }
            }
            Update();
        }

        public bool Vectored(uint id)
        {
            return (attribute[id] & 1) != 0;
        }

        // Of CTL the upper NLBITS are the level, the rest are ones.
        public uint LevelOf(uint id)
        {
            var bits = config >> 1 & 15;
            return bits >= 8 ? control[id] : control[id] | 0xffu >> (int)bits;
        }

        // The most urgent interrupt that waits with more than `level`, of equals the higher number; -1: none.
        public int Waiting(uint level, bool onlyCommon)
        {
            var best = -1;
            var most = Math.Max(level, threshold);
            for(uint id = 0; id < Count; id++)
            {
                if(lines[id] && enabled[id])
                {
                    var its = LevelOf(id);
                    if(its > most || (best >= 0 && its == most))
                    {
                        best = (int)id;
                        most = its;
                    }
                }
            }
            return best >= 0 && onlyCommon && Vectored((uint)best) ? -1 : best;
        }

        public void Update()
        {
            if(Core != null)
            {
                Core.Wait(Waiting(Core.Level, false) >= 0);
            }
        }

        public NucleiCore Core { get; set; }

        public IReadOnlyDictionary<int, IGPIO> Connections { get; private set; }

        public long Size { get { return 0x2000; } }

        private uint Interrupt(long offset)
        {
            var id = (offset - InterruptsAt) / 4;
            if(offset < InterruptsAt || id >= Count)
            {
                Chip.Fail(machine, this, string.Format("the ECLIC has nothing at +{0:x}", offset));
                return 0;
            }
            return (uint)id;
        }

        private readonly IMachine machine;
        private readonly bool[] lines = new bool[Count];
        private readonly bool[] enabled = new bool[Count];
        private readonly byte[] attribute = new byte[Count];
        private readonly byte[] control = new byte[Count];
        private uint config;
        private uint threshold;

        private const long ThresholdAt = 0xb;
        private const long InterruptsAt = 0x1000;
        private const int Count = 87;
    }

    // A 64-bit count at a quarter of the core's clock with one compare value, and the software interrupt.
    public class NucleiTimer : IDoubleWordPeripheral, IKnownSize
    {
        public NucleiTimer(IMachine machine, uint frequency)
        {
            this.machine = machine;
            TimerIRQ = new GPIO();
            SoftwareIRQ = new GPIO();
            timer = new ComparingTimer(machine.ClockSource, frequency, this, "mtime", direction: Direction.Ascending, workMode: WorkMode.Periodic, enabled: true, eventEnabled: true, limit: ulong.MaxValue, compare: ulong.MaxValue);
            timer.CompareReached += () => TimerIRQ.Set(true);
        }

        public void Reset()
        {
            timer.Reset();
            timer.Enabled = true;
            timer.EventEnabled = true;
            compare = ulong.MaxValue;
            software = 0;
            TimerIRQ.Unset();
            SoftwareIRQ.Unset();
        }

        public uint ReadDoubleWord(long offset)
        {
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu))
            {
                cpu.SyncTime();
            }
            switch(offset)
            {
            case TimeAt:
                return (uint)timer.Value;
            case TimeAt + 4:
                return (uint)(timer.Value >> 32);
            case CompareAt:
                return (uint)compare;
            case CompareAt + 4:
                return (uint)(compare >> 32);
            case SoftwareAt:
                return software;
            default:
                Chip.Fail(machine, this, string.Format("the system timer has nothing at +{0:x}", offset));
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case CompareAt:
                Compare((compare & ~0xfffffffful) | value);
                break;
            case CompareAt + 4:
                Compare((compare & 0xfffffffful) | (ulong)value << 32);
                break;
            case SoftwareAt:
                software = value & 1;
                SoftwareIRQ.Set(software != 0);
                break;
            default:
                Chip.Fail(machine, this, string.Format("the system timer's +{0:x} is written", offset));
                break;
            }
        }

        public GPIO TimerIRQ { get; private set; }

        public GPIO SoftwareIRQ { get; private set; }

        public long Size { get { return 0x1000; } }

        private void Compare(ulong value)
        {
            compare = value;
            timer.Compare = value;
            TimerIRQ.Set(timer.Value >= value);
        }

        private readonly IMachine machine;
        private readonly ComparingTimer timer;
        private ulong compare = ulong.MaxValue;
        private uint software;

        private const long TimeAt = 0x0;
        private const long CompareAt = 0x8;
        private const long SoftwareAt = 0xffc;
    }
}
