// Peripherals of the GD32VF103 as the drivers use them, moved by register contents alone. GD32VF103 User Manual 1.5, chapters of
// RCU, DMA, ADC, TIMER and USART; registers and bits from the chip's SVD file.
//
// Modelled: clocks without which a peripheral must not be accessed, trigger, half and full transfer flags, clear-on-write, circular
// transfers, addresses that DMA cannot reach, registers that must not be written while a channel is on, times. Not modelled: noise
// of the ADC, contention on the bus.
using System;
using System.Collections.Generic;

using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Peripherals.UART;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Stator
{
    // Clock tree: what was switched on is stable a while later.
    public class Gd32Rcu : Registers
    {
        public Gd32Rcu(IMachine machine) : base(machine, "RCU")
        {
        }

        // The reasons for a reset outlast it.
        public override void Reset()
        {
            var reasons = this[Svd.RCU.RSTSCK] & Reasons;
            base.Reset();
            this[Svd.RCU.RSTSCK] = (this[Svd.RCU.RSTSCK] & ~Reasons) | reasons;
        }

        // The watchdog's: resets the chip and notes why.
        public void Bite()
        {
            this[Svd.RCU.RSTSCK] |= Svd.RCU.RSTSCK_FWDGTRSTF_Msk;
            Machine.RequestReset();
        }

        // Whether the peripheral behind a bit of an enable register has its clock.
        public bool Clocked(long register, uint bit)
        {
            return (this[register] & bit) != 0;
        }

        protected override void Write(long offset, uint value)
        {
            switch(offset)
            {
            case Svd.RCU.CTL:
                this[offset] = value & ~(Svd.RCU.CTL_HXTALSTB_Msk | Svd.RCU.CTL_PLLSTB_Msk | Svd.RCU.CTL_IRC8MSTB_Msk);
                Follow(offset, Svd.RCU.CTL_HXTALEN_Msk, Svd.RCU.CTL_HXTALSTB_Msk, HxtalMicroseconds);
                Follow(offset, Svd.RCU.CTL_PLLEN_Msk, Svd.RCU.CTL_PLLSTB_Msk, PllMicroseconds);
                Follow(offset, Svd.RCU.CTL_IRC8MEN_Msk, Svd.RCU.CTL_IRC8MSTB_Msk, 0);
                break;
            case Svd.RCU.CFG0:
                if((this[Svd.RCU.CTL] & Svd.RCU.CTL_PLLEN_Msk) != 0 && ((this[offset] ^ value) & PllSettings) != 0)
                {
                    Fail("RCU_CFG0: the PLL's settings change while it runs");
                }
                this[offset] = (value & ~Svd.RCU.CFG0_SCSS_Msk) | (value & Svd.RCU.CFG0_SCS_Msk) << Svd.RCU.CFG0_SCSS_Pos;
                break;
            case Svd.RCU.RSTSCK:
                var reasons = (value & Svd.RCU.RSTSCK_RSTFC_Msk) != 0 ? 0 : this[offset] & Reasons;
                this[offset] = (value & Svd.RCU.RSTSCK_IRC40KEN_Msk) | reasons;
                break;
            default:
                base.Write(offset, value);
                break;
            }
        }

        private void Follow(long offset, uint enable, uint stable, ulong microseconds)
        {
            if((this[offset] & enable) == 0)
            {
                return;
            }
            if(microseconds == 0)
            {
                this[offset] |= stable;
                return;
            }
            Machine.ScheduleAction(TimeInterval.FromMicroseconds(microseconds), _ => this[offset] |= (this[offset] & enable) != 0 ? stable : 0);
        }

        private const uint PllSettings = Svd.RCU.CFG0_PLLSEL_Msk | Svd.RCU.CFG0_PLLMF_3_0_Msk | Svd.RCU.CFG0_PLLMF_4_Msk;
        private const uint Reasons = 0xfc000000; // EPRSTF to LPRSTF
        private const ulong HxtalMicroseconds = 2000;
        private const ulong PllMicroseconds = 200;
    }

    // A peripheral behind one of the RCU's enable bits.
    public abstract class Gd32Peripheral : Registers
    {
        protected Gd32Peripheral(IMachine machine, string group, Gd32Rcu rcu, long enableRegister, uint enableBit) : base(machine, group)
        {
            this.rcu = rcu;
            this.enableRegister = enableRegister;
            this.enableBit = enableBit;
        }

        protected override uint Read(long offset)
        {
            Clocked();
            return base.Read(offset);
        }

        protected override void Write(long offset, uint value)
        {
            Clocked();
            base.Write(offset, value);
        }

        protected IBusController Bus { get { return Machine.GetSystemBus(this); } }

        private void Clocked()
        {
            if(!rcu.Clocked(enableRegister, enableBit))
            {
                Fail("{0} is accessed without its clock", Group);
            }
        }

        private readonly Gd32Rcu rcu;
        private readonly long enableRegister;
        private readonly uint enableBit;
    }

    public class Gd32Gpio : Gd32Peripheral
    {
        public Gd32Gpio(IMachine machine, Gd32Rcu rcu) : base(machine, "GPIOA", rcu, Svd.RCU.APB2EN, Svd.RCU.APB2EN_PAEN_Msk)
        {
        }
    }

    // DMA0: seven channels; a request moves one item.
    public class Gd32Dma : Gd32Peripheral, INumberedGPIOOutput
    {
        public Gd32Dma(IMachine machine, Gd32Rcu rcu) : base(machine, "DMA", rcu, Svd.RCU.AHBEN, Svd.RCU.AHBEN_DMA0EN_Msk)
        {
            var lines = new Dictionary<int, IGPIO>();
            for(var i = 0; i < Channels; i++)
            {
                lines[i] = new GPIO();
            }
            Connections = lines;
        }

        public override void Reset()
        {
            base.Reset();
            Array.Clear(done, 0, Channels);
            Update();
        }

        // Whether the channel would serve a request from this address.
        public bool Serves(int channel, long address)
        {
            return (this[At(channel, Svd.DMA.CH0CTL)] & Svd.DMA.CH0CTL_CHEN_Msk) != 0 && this[At(channel, Svd.DMA.CH0PADDR)] == address;
        }

        // From the peripheral to memory.
        public void Store(int channel, uint value)
        {
            var control = this[At(channel, Svd.DMA.CH0CTL)];
            var width = (control & Svd.DMA.CH0CTL_MWIDTH_Msk) >> Svd.DMA.CH0CTL_MWIDTH_Pos;
            var to = Address(channel, width);
            if((control & Svd.DMA.CH0CTL_DIR_Msk) != 0 || width != HalfWord)
            {
                Fail("DMA0 channel {0} is not set up for 16-bit samples", channel);
                return;
            }
            if(!Reaches(to))
            {
                Broken(channel);
                return;
            }
            Bus.WriteWord(to, (ushort)value);
            Count(channel);
        }

        // All that is left, from memory to the peripheral.
        public byte[] TakeAll(int channel)
        {
            var bytes = new List<byte>();
            while((this[At(channel, Svd.DMA.CH0CTL)] & Svd.DMA.CH0CTL_CHEN_Msk) != 0 && done[channel] < this[At(channel, Svd.DMA.CH0CNT)])
            {
                var from = Address(channel, 0);
                if(!Reaches(from) && !InFlash(from))
                {
                    Broken(channel);
                    return bytes.ToArray();
                }
                bytes.Add(Bus.ReadByte(from));
                done[channel]++;
            }
            return bytes.ToArray();
        }

        // The items that were taken have arrived.
        public void Finish(int channel)
        {
            Raise(channel, FullFlag);
        }

        // Called when a channel is switched on.
        public event Action<int> Started;

        public IReadOnlyDictionary<int, IGPIO> Connections { get; private set; }

        protected override uint Read(long offset)
        {
            var value = base.Read(offset);
            for(var channel = 0; channel < Channels; channel++)
            {
                if(offset == At(channel, Svd.DMA.CH0CNT))
                {
                    return value - done[channel];
                }
            }
            return value;
        }

        protected override void Write(long offset, uint value)
        {
            if(offset == Svd.DMA.INTC)
            {
                this[Svd.DMA.INTF] &= ~value;
                Update();
                return;
            }
            var channel = (int)((offset - Svd.DMA.CH0CTL) / Stride);
            var control = At(channel, Svd.DMA.CH0CTL);
            var on = (this[control] & Svd.DMA.CH0CTL_CHEN_Msk) != 0;
            if(on && offset != control)
            {
                Fail("DMA_{0} written while the channel is on", NameOf(offset));
            }
            base.Write(offset, value);
            if(offset == control && !on && (value & Svd.DMA.CH0CTL_CHEN_Msk) != 0)
            {
                done[channel] = 0;
                var started = Started;
                if(started != null)
                {
                    started(channel);
                }
            }
            Update();
        }

        private void Count(int channel)
        {
            var count = this[At(channel, Svd.DMA.CH0CNT)];
            done[channel]++;
            if(done[channel] == count / 2)
            {
                Raise(channel, HalfFlag);
            }
            if(done[channel] == count)
            {
                done[channel] = 0;
                if((this[At(channel, Svd.DMA.CH0CTL)] & Svd.DMA.CH0CTL_CMEN_Msk) == 0)
                {
                    this[At(channel, Svd.DMA.CH0CTL)] &= ~Svd.DMA.CH0CTL_CHEN_Msk;
                }
                Raise(channel, FullFlag);
            }
        }

        // A bus error: the channel goes off (UM, DMA, error handling).
        private void Broken(int channel)
        {
            this[At(channel, Svd.DMA.CH0CTL)] &= ~Svd.DMA.CH0CTL_CHEN_Msk;
            Raise(channel, ErrorFlag);
        }

        private void Raise(int channel, uint flag)
        {
            this[Svd.DMA.INTF] |= (flag | GlobalFlag) << (4 * channel);
            Update();
        }

        private void Update()
        {
            for(var channel = 0; channel < Channels; channel++)
            {
                var flags = this[Svd.DMA.INTF] >> (4 * channel) & (FullFlag | HalfFlag | ErrorFlag);
                var wanted = this[At(channel, Svd.DMA.CH0CTL)] & (Svd.DMA.CH0CTL_FTFIE_Msk | Svd.DMA.CH0CTL_HTFIE_Msk | Svd.DMA.CH0CTL_ERRIE_Msk);
                Connections[channel].Set((flags & wanted) != 0); // the flags of a channel lie where their enables lie
            }
        }

        private uint Address(int channel, uint width)
        {
            var step = (this[At(channel, Svd.DMA.CH0CTL)] & Svd.DMA.CH0CTL_MNAGA_Msk) != 0 ? done[channel] << (int)width : 0;
            return this[At(channel, Svd.DMA.CH0MADDR)] + step;
        }

        private static bool Reaches(uint address)
        {
            return address >= RamAt && address - RamAt < RamBytes;
        }

        private static bool InFlash(uint address)
        {
            return address >= FlashAt && address - FlashAt < FlashBytes;
        }

        private static long At(int channel, long register)
        {
            return register + channel * Stride;
        }

        private readonly uint[] done = new uint[Channels];

        private const int Channels = 7;
        private const long Stride = Svd.DMA.CH1CTL - Svd.DMA.CH0CTL;
        private const uint GlobalFlag = Svd.DMA.INTF_GIF0_Msk;
        private const uint FullFlag = Svd.DMA.INTF_FTFIF0_Msk;
        private const uint HalfFlag = Svd.DMA.INTF_HTFIF0_Msk;
        private const uint ErrorFlag = Svd.DMA.INTF_ERRIF0_Msk;
        private const uint HalfWord = 1;
        private const uint RamAt = 0x20000000;
        private const uint RamBytes = 0x8000;
        private const uint FlashAt = 0x08000000;
        private const uint FlashBytes = 0x20000;
    }

    // A general timer: gives TRGO on update, or counts another one's.
    public class Gd32Timer : Gd32Peripheral
    {
        public Gd32Timer(IMachine machine, Gd32Rcu rcu, int number, Gd32Timer trigger = null)
            : base(machine, "TIMER", rcu, Svd.RCU.APB1EN, number == 1 ? Svd.RCU.APB1EN_TIMER1EN_Msk : Svd.RCU.APB1EN_TIMER2EN_Msk)
        {
            timer = new LimitTimer(machine.ClockSource, ClockHz, this, "timer", eventEnabled: true, direction: Direction.Ascending);
            timer.LimitReached += Update;
            if(trigger != null)
            {
                trigger.Trgo += Count;
            }
        }

        public override void Reset()
        {
            base.Reset();
            timer.Reset();
        }

        public event Action Trgo;

        protected override void Write(long offset, uint value)
        {
            base.Write(offset, value);
            if(offset == Svd.TIMER.CTL0)
            {
                timer.Enabled = false;
                if((value & Svd.TIMER.CTL0_CEN_Msk) != 0 && (this[Svd.TIMER.SMCFG] & Svd.TIMER.SMCFG_SMC_Msk) == 0)
                {
                    timer.Divider = (ulong)this[Svd.TIMER.PSC] + 1;
                    timer.Limit = this[Svd.TIMER.CAR] + 1;
                    timer.Value = 0;
                    timer.Enabled = true;
                }
            }
        }

        private void Update()
        {
            var trgo = Trgo;
            if((this[Svd.TIMER.CTL1] & Svd.TIMER.CTL1_MMC_Msk) == TrgoOnUpdate && trgo != null)
            {
                trgo();
            }
        }

        private void Count()
        {
            if((this[Svd.TIMER.CTL0] & Svd.TIMER.CTL0_CEN_Msk) != 0 && (this[Svd.TIMER.SMCFG] & (Svd.TIMER.SMCFG_SMC_Msk | Svd.TIMER.SMCFG_TRGS_Msk)) == CountIti2)
            {
                this[Svd.TIMER.CNT] = this[Svd.TIMER.CNT] == this[Svd.TIMER.CAR] ? 0 : this[Svd.TIMER.CNT] + 1;
            }
        }

        private readonly LimitTimer timer;

        private const int ClockHz = 108000000; // APB1's timers at twice its 54 MHz
        private const uint TrgoOnUpdate = 2u << Svd.TIMER.CTL1_MMC_Pos;
        private const uint CountIti2 = 7u << Svd.TIMER.SMCFG_SMC_Pos | 2u << Svd.TIMER.SMCFG_TRGS_Pos;
    }

    // The regular group, converted at each trigger, all of it in scan mode; each result goes to DMA0 channel 0. Where ICA asks for it, the
    // inserted group of one channel, the chip's temperature, is converted right behind it.
    public class Gd32Adc : Gd32Peripheral
    {
        public Gd32Adc(IMachine machine, Gd32Rcu rcu, Gd32Dma dma, Gd32Timer trigger) : base(machine, "ADC", rcu, Svd.RCU.APB2EN, Svd.RCU.APB2EN_ADC0EN_Msk)
        {
            this.dma = dma;
            conversion = new LimitTimer(machine.ClockSource, ClockHz, this, "conversion", ConversionClocks, workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            conversion.LimitReached += Converted;
            inserted = new LimitTimer(machine.ClockSource, ClockHz, this, "inserted", InsertedClocks, workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            inserted.LimitReached += Inserted;
            Celsius = 21;
            trigger.Trgo += Triggered;
        }

        // A file of little-endian int16, 0 to 4,095, one per conversion; it loops.
        public void Feed(string path)
        {
            signal.Load(path);
        }

        // From now on every conversion gives `count`, as a sensor that is stuck; Unstick ends that.
        public void Stick(int count)
        {
            signal.Stuck = (short)count;
        }

        public void Unstick()
        {
            signal.Stuck = null;
        }

        public override void Reset()
        {
            base.Reset();
            conversion.Reset();
            inserted.Reset();
        }

        public ulong Conversions { get; private set; }

        // Of the chip; a sensor that is not there gives 0.
        public double Celsius { get; set; }
        public bool Unplugged { get; set; }

        protected override void Write(long offset, uint value)
        {
            if(offset == Svd.ADC.CTL1)
            {
                value &= ~(Svd.ADC.CTL1_RSTCLB_Msk | Svd.ADC.CTL1_CLB_Msk); // both are done at once
            }
            base.Write(offset, value);
        }

        private void Triggered()
        {
            if((this[Svd.ADC.CTL1] & (Wanted | Svd.ADC.CTL1_ETSRC_Msk)) != (Wanted | Timer2Trgo))
            {
                return;
            }
            if(conversion.Enabled || inserted.Enabled)
            {
                Fail("ADC0: a trigger while a conversion runs");
                return;
            }
            left = ((this[Svd.ADC.RSQ0] & Svd.ADC.RSQ0_RL_Msk) >> Svd.ADC.RSQ0_RL_Pos) + 1;
            if(left > 1 && (this[Svd.ADC.CTL0] & Svd.ADC.CTL0_SM_Msk) == 0)
            {
                Fail("ADC0: a group of {0}, and scan mode is off", left);
                return;
            }
            Convert();
        }

        private void Convert()
        {
            conversion.Value = 0;
            conversion.Enabled = true;
        }

        private void Insert()
        {
            if((this[Svd.ADC.CTL0] & Svd.ADC.CTL0_ICA_Msk) == 0)
            {
                return;
            }
            if((this[Svd.ADC.CTL1] & Svd.ADC.CTL1_ETEIC_Msk) != 0 || this[Svd.ADC.ISQ] != Temperature << Svd.ADC.ISQ_ISQ3_Pos || this[Svd.ADC.SAMPT0] != Slowest << Svd.ADC.SAMPT0_SPT16_Pos)
            {
                Fail("ADC0: the inserted group is not the temperature alone at 239.5 clocks");
                return;
            }
            inserted.Value = 0;
            inserted.Enabled = true;
        }

        private void Inserted()
        {
            var volts = (this[Svd.ADC.CTL1] & Svd.ADC.CTL1_TSVREN_Msk) == 0 || Unplugged ? 0 : 1.45 - 0.0041 * (Celsius - 25);
            this[Svd.ADC.IDATA0] = (uint)Math.Max(0, Math.Min(4095, Math.Round(volts * 4096 / 3.3)));
        }

        private void Converted()
        {
            short sample;
            if(!signal.TryNext(out sample))
            {
                Fail("ADC0: a conversion, and no signal was given (adc0 Feed @file)");
                return;
            }
            if(sample < 0 || sample > 4095)
            {
                Fail("ADC0: the signal has {0}, and the converter has 12 bits", sample);
                return;
            }
            Conversions++;
            left--;
            if(left > 0)
            {
                Convert();
            }
            else
            {
                Insert();
            }
            this[Svd.ADC.RDATA] = (uint)sample;
            if((this[Svd.ADC.CTL1] & Svd.ADC.CTL1_DMA_Msk) != 0 && dma.Serves(Channel, Svd.Chip.ADC0_BASE + Svd.ADC.RDATA))
            {
                dma.Store(Channel, (uint)sample);
            }
        }

        private readonly Signal signal = new Signal();
        private readonly Gd32Dma dma;
        private readonly LimitTimer conversion;
        private readonly LimitTimer inserted;
        private uint left; // of the group

        private const int Channel = 0;
        private const int ClockHz = 13500000;
        private const ulong ConversionClocks = 68; // 55.5 and 12.5
        private const ulong InsertedClocks = 252;  // 239.5 and 12.5
        private const uint Temperature = 16;
        private const uint Slowest = 7;
        private const uint Wanted = Svd.ADC.CTL1_ADCON_Msk | Svd.ADC.CTL1_ETERC_Msk;
        private const uint Timer2Trgo = 4u << Svd.ADC.CTL1_ETSRC_Pos;
    }

    // Sends what DMA0 channel 3 brings, or what is written to DATA.
    public class Gd32Usart : Gd32Peripheral, IUART, IWire
    {
        public Gd32Usart(IMachine machine, Gd32Rcu rcu, Gd32Dma dma) : base(machine, "USART", rcu, Svd.RCU.APB2EN, Svd.RCU.APB2EN_USART0EN_Msk)
        {
            this.dma = dma;
            line = new LimitTimer(machine.ClockSource, Baud, this, "line", workMode: WorkMode.OneShot, eventEnabled: true, direction: Direction.Ascending);
            line.LimitReached += () => dma.Finish(Channel);
            dma.Started += Started;
        }

        // Everything that is sent goes to this file too.
        public void Record(string path)
        {
            file.Open(path, Machine);
        }

        public void WriteChar(byte value)
        {
            // the firmware does not listen
        }

        public void Say(string text)
        {
            foreach(var letter in "\n" + text + "\n")
            {
                Hear((byte)letter);
            }
        }

        public override void Reset()
        {
            base.Reset();
            line.Reset();
        }

        public uint BaudRate { get { return Baud; } }

        public Bits StopBits { get { return Bits.One; } }

        public Parity ParityBit { get { return Parity.None; } }

        [field: Antmicro.Migrant.Transient]
        public event Action<byte> CharReceived;

        protected override uint Read(long offset)
        {
            var value = base.Read(offset);
            return offset == Svd.USART.STAT ? value | Svd.USART.STAT_TBE_Msk | Svd.USART.STAT_TC_Msk : value;
        }

        protected override void Write(long offset, uint value)
        {
            base.Write(offset, value);
            if(offset == Svd.USART.DATA)
            {
                Send((byte)value);
            }
        }

        private void Started(int channel)
        {
            if(channel != Channel || !dma.Serves(Channel, Svd.Chip.USART0_BASE + Svd.USART.DATA) || (this[Svd.USART.CTL2] & Svd.USART.CTL2_DENT_Msk) == 0)
            {
                return;
            }
            var bytes = dma.TakeAll(Channel);
            foreach(var value in bytes)
            {
                Send(value);
            }
            if(bytes.Length > 0)
            {
                line.Limit = (ulong)bytes.Length * BitsPerByte;
                line.Value = 0;
                line.Enabled = true;
            }
        }

        private void Send(byte value)
        {
            if((this[Svd.USART.CTL0] & On) != On || this[Svd.USART.BAUD] != Divider)
            {
                Fail("USART0 sends and is not on at 115200 baud");
                return;
            }
            Hear(value);
        }

        private void Hear(byte value)
        {
            file.Write(value);
            var heard = CharReceived;
            if(heard != null)
            {
                heard(value);
            }
        }

        private readonly Gd32Dma dma;
        private readonly LimitTimer line;
        private readonly LineFile file = new LineFile();

        private const int Channel = 3;
        private const int Baud = 115200;
        private const uint BitsPerByte = 10;
        private const uint Divider = 938; // of 108 MHz
        private const uint On = Svd.USART.CTL0_UEN_Msk | Svd.USART.CTL0_TEN_Msk;
    }

    // Free watchdog: counts down on the internal 40 kHz clock, which it starts itself; settings only after the unlock word.
    public class Gd32Fwdgt : Registers
    {
        public Gd32Fwdgt(IMachine machine, Gd32Rcu rcu) : base(machine, "FWDGT")
        {
            timer = new LimitTimer(machine.ClockSource, ClockHz, this, "fwdgt", eventEnabled: true, direction: Direction.Descending);
            timer.LimitReached += () =>
            {
                Bites++;
                rcu.Bite();
            };
        }

        public override void Reset()
        {
            base.Reset();
            timer.Reset();
            unlocked = false;
        }

        public ulong Bites { get; private set; }

        protected override void Write(long offset, uint value)
        {
            if(offset != Svd.FWDGT.CTL)
            {
                if(!unlocked)
                {
                    Fail("FWDGT_{0} written while it is locked", NameOf(offset));
                }
                base.Write(offset, value);
                return;
            }
            unlocked = value == UnlockWord;
            if(value == StartWord || value == FeedWord)
            {
                timer.Divider = 4ul << (int)Math.Min(this[Svd.FWDGT.PSC], 6);
                timer.Limit = (ulong)this[Svd.FWDGT.RLD] + 1;
                timer.Value = timer.Limit;
            }
            if(value == StartWord)
            {
                timer.Enabled = true;
            }
        }

        private readonly LimitTimer timer;
        private bool unlocked;

        private const int ClockHz = 40000;
        private const uint UnlockWord = 0x5555;
        private const uint FeedWord = 0xaaaa;
        private const uint StartWord = 0xcccc;
    }
}
